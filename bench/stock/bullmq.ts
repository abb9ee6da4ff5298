import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { deliveryBody, eventOf } from '../events.ts';
import { signedSender } from '../signed-sender.ts';
import type { SignedSender } from '../signed-sender.ts';
import { startFront } from './front.ts';
import type { StockCommand } from './front.ts';

/**
 * Webhooks on BullMQ: one `add` an event, pipelined by the client, one worker with 128 jobs at work. Finished jobs are
 * removed at once, which is the cheapest; the product keeps a history.
 */
const name = 'deliveries';
const concurrency = 128;
const bulk = 1_000;
const options = { attempts: 5, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: true };

interface Job {
  id: string;
  body: string;
}

let queue: Queue<Job>;
let worker: Worker<Job>;
let sender: SignedSender;

const jobOf = (event: string): Job => {
  const id = randomUUID();
  return { id, body: deliveryBody(id, event) };
};

function send({ id, body }: Job): Promise<void> {
  return new Promise((resolve, reject) => {
    sender.send(id, body, (error) => (error ? reject(error) : resolve()));
  });
}

async function obey(command: StockCommand): Promise<void> {
  if (command.start) {
    const { url, receiverPort } = command.start;
    queue = new Queue<Job>(name, { connection: new Redis(url, { enableAutoPipelining: true }) });
    sender = signedSender(`http://127.0.0.1:${receiverPort}`, 128);
    worker = new Worker<Job>(name, ({ data }) => send(data), {
      connection: new Redis(url, { maxRetriesPerRequest: null, enableAutoPipelining: true }),
      concurrency,
    });
    worker.on('error', (error) => process.stderr.write(`bullmq: ${String(error)}\n`));
    const port = await startFront(async (event) => {
      const job = jobOf(JSON.stringify(event));
      await queue.add(name, job, options);
      return job.id;
    });
    process.send?.({ port });
  }
  if (command.fill !== undefined) {
    await worker.pause();
    for (let left = command.fill; left > 0; left -= bulk) {
      const jobs = Array.from({ length: Math.min(bulk, left) }, () => ({
        name,
        data: jobOf(eventOf('bench.one')),
        opts: options,
      }));
      await queue.addBulk(jobs);
    }
    process.send?.({ filled: true });
  }
  if (command.work) await worker.resume();
}

process.on('message', (command: StockCommand) => {
  obey(command).catch((error: unknown) => {
    process.stderr.write(`bullmq: ${String(error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
