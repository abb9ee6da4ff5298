import { wait } from './fault.ts';
import type { World } from './world.ts';

/** Subjects whose events are sent one after the other, each when the one before it was answered. */
const lineCount = 4;
/** Pause between two events of a line, in milliseconds. */
const lineGapMs = 60;

interface Sending {
  /** The name is its id, too. */
  named: boolean;
  subject?: string;
}

/** What a request for events came to. */
type Answer = { status: number; label: string } | null;

/**
 * Sends events to whichever server seems up, and notes which were acknowledged. Each has a name in its data, and every
 * second single one no other, so that the product gives it its id. Nothing is sent twice: what is not acknowledged
 * counts as refused.
 */
export class Traffic {
  readonly #world: World;
  readonly #seed: number;
  readonly sent = new Set<string>();
  /** Those whose id the product chose. */
  readonly unnamed = new Set<string>();
  readonly acked = new Set<string>();
  /** For each subject the ids that were acknowledged, in order. */
  readonly lines: string[][] = [];
  /** Status → how often; 0 = no answer. */
  readonly answers = new Map<number, number>();
  /** Answers other than 202, 429 and 503 with Retry-After, as text. */
  readonly wrongAnswers: string[] = [];
  #stopped = false;
  #onAck: ((label: string) => void)[] = [];

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  /** Sends `perSecond` events without a subject, and the lines beside them, until `stop`. */
  async run(perSecond: number): Promise<void> {
    const lines = Array.from({ length: lineCount }, (_, line) => this.#runLine(line));
    const started = performance.now();
    const running = new Set<Promise<unknown>>();
    for (let index = 0; !this.#stopped; index += 1) {
      const sending = this.#send(`chaos-${this.#seed}-${index}`, { named: index % 2 === 0 }).finally(() =>
        running.delete(sending),
      );
      running.add(sending);
      const due = ((index + 1) / perSecond) * 1000;
      await wait(Math.max(0, due - (performance.now() - started)));
    }
    await Promise.all([...running, ...lines]);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Runs in the very turn in which the next acknowledgement of a node is read. */
  atNextAck(label: string, limitMs: number, work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#onAck = this.#onAck.filter((listener) => listener !== hear);
        reject(new Error(`no acknowledgement of ${label} within ${limitMs / 1000} s`));
      }, limitMs);
      const hear = (from: string) => {
        if (from !== label) return;
        clearTimeout(timer);
        this.#onAck = this.#onAck.filter((listener) => listener !== hear);
        work();
        resolve();
      };
      this.#onAck.push(hear);
    });
  }

  async #runLine(line: number): Promise<void> {
    const acked: string[] = [];
    this.lines.push(acked);
    for (let index = 0; !this.#stopped; index += 1) {
      const id = `chaos-${this.#seed}-line${line}-${index}`;
      if (await this.#send(id, { named: true, subject: `line/${line}` })) acked.push(id);
      await wait(lineGapMs);
    }
  }

  async #send(id: string, how: Sending): Promise<boolean> {
    this.sent.add(id);
    if (!how.named) this.unnamed.add(id);
    const answer = await this.#post(id, how);
    const status = answer?.status ?? 0;
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    if (status !== 202) return false;
    this.acked.add(id);
    for (const listener of this.#onAck) listener(answer?.label ?? '');
    return true;
  }

  async #post(id: string, { named, subject }: Sending): Promise<Answer> {
    const servers = this.#world.nodes.filter(({ address }) => address !== null);
    const server = servers[this.sent.size % servers.length];
    if (!server?.address) return null;
    try {
      const response = await fetch(`${server.address}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'chaos.happened', ...(named ? { id } : {}), data: { id }, subject }),
        signal: AbortSignal.timeout(15_000),
      });
      const { status } = response;
      const text = await response.text();
      const fair =
        status === 202 || status === 429 || (status === 503 && response.headers.has('retry-after'));
      if (!fair) this.wrongAnswers.push(`${status} ${text}`);
      return { status, label: server.label };
    } catch {
      return null;
    }
  }
}
