import { wait } from '../fault.ts';
import { chaosCapabilities } from './plan.ts';
import type { ChaosCapability } from './plan.ts';
import type { ActionWorld } from './world.ts';

/** An action that was asked for. `id` is there once the product has said that it has it. */
export interface Asked {
  number: number;
  capability: ChaosCapability;
  mark: string;
  id: string | null;
}

const askAgainMs = 200;
const longestAnswerMs = 40_000;

/** The text by which a received message is known again. */
const markOf = (seed: number, number: number): string => `mark-${seed}-${number}.`;
export const markPattern = /mark-\d+-\d+\./;

const inputs: Record<ChaosCapability, (mark: string) => unknown> = {
  'email.send': (mark) => ({ to: 'jane@example.com', subject: mark, text: 'Hello' }),
  'sms.send': (mark) => ({ to: '+14155550123', text: mark }),
  'chat.post': (mark) => ({ text: mark }),
  'storage.put': (mark) => ({ key: `chaos/${mark}txt`, content: 'SGVsbG8=' }),
};

/**
 * Programs that ask for actions, each with a key, and ask again with the same key until they are told that it is there:
 * every second one waits for the outcome.
 */
export class ActionLoad {
  readonly asked: Asked[] = [];
  readonly wrongAnswers: string[] = [];
  readonly #world: ActionWorld;
  readonly #seed: number;
  readonly #asking: Promise<void>[] = [];

  constructor(world: ActionWorld, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  async run(rate: number, seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      const number = this.asked.length;
      const capability = chaosCapabilities[number % chaosCapabilities.length]!;
      const asked: Asked = { number, capability, mark: markOf(this.#seed, number), id: null };
      this.asked.push(asked);
      this.#asking.push(this.#ask(asked));
      await wait(1_000 / rate);
    }
  }

  /** Until everything that was asked for is known to be there. */
  async settled(): Promise<void> {
    await Promise.all(this.#asking);
  }

  async #ask(asked: Asked): Promise<void> {
    const { number, capability, mark } = asked;
    for (let turn = number; asked.id === null; turn += 1) {
      const { address } = this.#world.nodes[turn % this.#world.nodes.length]!;
      const response =
        address === null
          ? null
          : await fetch(`${address}/api/v1/actions/${capability}`, {
              method: 'POST',
              headers: {
                authorization: `Bearer ${this.#world.apiKey}`,
                'content-type': 'application/json',
                'idempotency-key': mark,
                ...(number % 2 === 0 ? { prefer: 'respond-async' } : {}),
              },
              body: JSON.stringify(inputs[capability](mark)),
              signal: AbortSignal.timeout(longestAnswerMs),
            }).catch(() => null);
      const text = (await response?.text().catch(() => '')) ?? '';
      if (response?.ok === true && text !== '') asked.id = (JSON.parse(text) as { id: string }).id;
      else if (response !== null && ![200, 202, 409, 429, 503].includes(response.status)) {
        this.wrongAnswers.push(`${response.status} to ${capability}: ${text.slice(0, 200)}`);
        return;
      }
      if (asked.id === null) await wait(askAgainMs);
    }
  }
}
