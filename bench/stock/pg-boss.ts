import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';
import { deliveryBody, eventOf } from '../events.ts';
import { signedSender } from '../signed-sender.ts';
import type { SignedSender } from '../signed-sender.ts';
import { startFront } from './front.ts';
import type { StockCommand } from './front.ts';

/**
 * Webhooks on pg-boss: one insert an event, eight workers that take batches. Its polling is at most twice a second,
 * so the batches are as large as the history's own statements allow; smaller ones are slower here.
 */
const queue = 'deliveries';
const workers = 8;
const batchSize = 500;
const bulk = 1_000;

interface Job {
  id: string;
  body: string;
}

let boss: PgBoss;
let sender: SignedSender;

const jobOf = (event: string): Job => {
  const id = randomUUID();
  return { id, body: deliveryBody(id, event) };
};

async function work(): Promise<void> {
  for (let i = 0; i < workers; i += 1) {
    await boss.work<Job>(queue, { batchSize, pollingIntervalSeconds: 0.5 }, async (jobs) => {
      await Promise.all(jobs.map(({ data }) => send(data)));
    });
  }
}

function send({ id, body }: Job): Promise<void> {
  return new Promise((resolve, reject) => {
    sender.send(id, body, (error) => (error ? reject(error) : resolve()));
  });
}

async function obey(command: StockCommand): Promise<void> {
  if (command.start) {
    const { url, receiverPort } = command.start;
    boss = new PgBoss({ connectionString: url, max: 16 });
    boss.on('error', (error) => process.stderr.write(`pg-boss: ${String(error)}\n`));
    await boss.start();
    await boss.createQueue(queue);
    sender = signedSender(`http://127.0.0.1:${receiverPort}`, 128);
    await work();
    const port = await startFront(async (event) => {
      const job = jobOf(JSON.stringify(event));
      await boss.send(queue, job, { retryLimit: 5, retryBackoff: true });
      return job.id;
    });
    process.send?.({ port });
  }
  if (command.fill !== undefined) {
    await boss.offWork(queue);
    for (let left = command.fill; left > 0; left -= bulk) {
      const jobs = Array.from({ length: Math.min(bulk, left) }, () => ({
        name: queue,
        data: jobOf(eventOf('bench.one')),
        retryLimit: 5,
      }));
      await boss.insert(jobs);
    }
    process.send?.({ filled: true });
  }
  if (command.work) await work();
}

process.on('message', (command: StockCommand) => {
  obey(command).catch((error: unknown) => {
    process.stderr.write(`pg-boss: ${String(error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
