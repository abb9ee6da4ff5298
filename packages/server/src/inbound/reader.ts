import { Worker } from 'node:worker_threads';
import { isCompressed } from './plain-body.ts';
import { readMessage } from './read-message.ts';
import type { ReadMessage, StoredMessage } from './read-message.ts';
import type { Answer } from './read-worker.ts';
import { Unreadable } from './types.ts';

/** A larger body is read in a thread of its own. */
const largeBytes = 1_048_576;
const heapMegabytes = 512;
const longestMs = 60_000;

export interface ReaderOptions {
  /** Options of Node for the thread, for tests that run the sources. */
  execArgv?: string[];
}

/**
 * Reads stored webhooks. A large one may take a second to parse, so it is done beside the process's own work, one at a time.
 * The sources as they are, which only tests run, start no thread by themselves.
 */
export class Reader {
  readonly #execArgv: string[] | undefined;
  #large: Promise<unknown> = Promise.resolve();

  constructor({ execArgv }: ReaderOptions = {}) {
    this.#execArgv = execArgv;
  }

  /** @throws Unreadable; Error when a thread ends without an answer */
  async read(message: StoredMessage): Promise<ReadMessage> {
    const inThread = this.#execArgv !== undefined || import.meta.url.endsWith('.js');
    // A small one that is compressed may be large.
    const isSmall = message.body.length + (message.mail?.length ?? 0) <= largeBytes && !isCompressed(message);
    if (isSmall || !inThread) return readMessage(message);
    const answer = this.#large.then(() => this.#inThread(message));
    this.#large = answer.catch(() => undefined);
    const { read, unreadable } = { read: null, unreadable: '', ...(await answer) };
    if (read === null) throw new Unreadable(unreadable);
    return read;
  }

  #inThread(message: StoredMessage): Promise<Answer> {
    const name = import.meta.url.endsWith('.js') ? './read-worker.js' : './read-worker.ts';
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL(name, import.meta.url), {
        workerData: message,
        resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
        ...(this.#execArgv && { execArgv: this.#execArgv }),
      });
      const timer = setTimeout(() => void worker.terminate(), longestMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        clearTimeout(timer);
        reject(new Error('The thread that reads a webhook ended without an answer.'));
      });
    });
  }
}
