import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { wait } from '../fault.ts';
import { lanes } from './plan.ts';
import type { Lane } from './plan.ts';
import type { ActionWorld } from './world.ts';

/** An action that was asked for. */
export interface Asked {
  lane: Lane;
  /** The text by which what a provider received is known again. */
  mark: string;
  /** Its idempotency key. */
  key: string;
  /** The product has said that it has it. */
  accepted: boolean;
  /** Not before this time, in milliseconds since the epoch; null: at once. */
  notBefore: number | null;
}

const askAgainMs = 200;
const longestAnswerMs = 40_000;
/** Actions of one bulk. */
const bulkSize = 5;

export const markPattern = /mark-\d+-\d+\./;

/** Of a mark, its number in the run. */
const indexOf = (mark: string): number => Number(/-(\d+)\.$/.exec(mark)?.[1]);

/** A telephone number for a mark, where nothing else is handed over. */
export const phoneOf = (mark: string): string => `+1415${String(2_000_000 + indexOf(mark))}`;

/** The first day of a pay period for a mark: another one for each. */
export function periodOf(mark: string): { periodStart: string; periodEnd: string } {
  const months = Math.floor(indexOf(mark) / 2);
  const month = `${2030 + Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  // The second half of a month ends with it.
  const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  return indexOf(mark) % 2 === 0
    ? { periodStart: `${month}-01`, periodEnd: `${month}-15` }
    : { periodStart: `${month}-16`, periodEnd: `${month}-${last}` };
}

/** What is asked for, with the mark in a field that the provider keeps. What only reads has none. */
const fields: { [C in CapabilityName]?: (mark: string) => Record<string, unknown> } = {
  'email.send': (mark) => ({ subject: mark }),
  'sms.send': (mark) => ({ to: '+14155550123', text: mark }),
  'chat.post': (mark) => ({ channel: undefined, text: mark }),
  'calendar.create_event': (mark) => ({ title: mark }),
  'video.create_meeting': (mark) => ({ title: mark }),
  'storage.put': (mark) => ({ key: `chaos/${mark}txt` }),
  'payment.create_customer': (mark) => ({ name: mark }),
  'crm.upsert_contact': (mark) => ({ email: `${mark}x@example.com` }),
  'esign.send': (mark) => ({ title: mark }),
  'kyc.start': (mark) => ({ personId: `${mark}x` }),
  'job.post': (mark) => ({ jobId: `${mark}x` }),
  'calendar.update_event': (mark) => ({ reference: mark, title: mark }),
  'calendar.cancel_event': (mark) => ({ reference: mark }),
  'verify.start': (mark) => ({ to: phoneOf(mark) }),
  'verify.check': (mark) => ({ to: phoneOf(mark) }),
  'background_check.order': (mark) => ({ email: `${mark}x@example.com` }),
  'payroll.export': (mark) => periodOf(mark),
  'payment.create_account': (mark) => ({ email: `${mark}x@example.com` }),
  'storage.get': (mark) => ({ key: `nothing/${mark}txt` }),
  'storage.sign': (mark) => ({ key: `nothing/${mark}txt` }),
};

function inputOf({ capability }: Lane, mark: string): Record<string, unknown> {
  return { ...capabilities[capability].example, ...fields[capability]?.(mark) };
}

/** One request, and the actions that come of it. */
interface Order {
  path: string;
  key: string;
  body: Record<string, unknown>;
  asked: Asked[];
  /** The caller waits for the outcome. */
  waits: boolean;
}

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
    for (let turn = 0; performance.now() < end; turn += 1) {
      const order = this.#order(turn);
      this.asked.push(...order.asked);
      this.#asking.push(this.#ask(order, turn));
      await wait((order.asked.length * 1_000) / rate);
    }
  }

  /** Until everything that was asked for is known to be there. */
  async settled(): Promise<void> {
    await Promise.all(this.#asking);
  }

  #order(turn: number): Order {
    const lane = lanes[turn % lanes.length]!;
    const integrationId = this.#world.primaries.get(lane.chain)!;
    const first = this.asked.length;
    const mark = (index: number) => `mark-${this.#seed}-${first + index}.`;
    const key = mark(0);
    const asked = { lane, mark: key, key, accepted: false, notBefore: null };
    if (lane.how === 'bulk') {
      const marks = Array.from({ length: bulkSize }, (_, index) => mark(index));
      return {
        path: 'bulk',
        key,
        body: {
          capability: lane.capability,
          integrationId,
          inputs: marks.map((each) => inputOf(lane, each)),
        },
        asked: marks.map((each, index) => ({ ...asked, mark: each, key: `${key}/${index}` })),
        waits: false,
      };
    }
    const notBefore = lane.how === 'scheduled' ? Date.now() + 1_500 : null;
    return {
      path: lane.capability,
      key,
      body: {
        ...inputOf(lane, key),
        ...(lane.capability === 'esign.status' && { requestId: this.#world.signatureRequest }),
        integrationId,
        ...(notBefore !== null && { sendAt: new Date(notBefore).toISOString() }),
      },
      asked: [{ ...asked, notBefore }],
      waits: Math.floor(turn / lanes.length) % 2 === 0,
    };
  }

  async #ask({ path, key, body, asked, waits }: Order, first: number): Promise<void> {
    for (let turn = first; ; turn += 1) {
      const { address } = this.#world.nodes[turn % this.#world.nodes.length]!;
      const response =
        address === null
          ? null
          : await fetch(`${address}/api/v1/actions/${path}`, {
              method: 'POST',
              headers: {
                authorization: `Bearer ${this.#world.apiKey}`,
                'content-type': 'application/json',
                'idempotency-key': key,
                ...(waits ? {} : { prefer: 'respond-async' }),
              },
              body: JSON.stringify(body),
              signal: AbortSignal.timeout(longestAnswerMs),
            }).catch(() => null);
      const text = (await response?.text().catch(() => '')) ?? '';
      if (response?.ok === true && text !== '') {
        for (const one of asked) one.accepted = true;
        return;
      }
      if (response !== null && ![200, 202, 409, 429, 503].includes(response.status)) {
        this.wrongAnswers.push(`${response.status} to ${path}: ${text.slice(0, 200)}`);
        return;
      }
      await wait(askAgainMs);
    }
  }
}
