import type { App } from '../../ctx.ts';

const keptMs = 3_600_000;
const mostKept = 100;
const timeoutMs = 5_000;

/**
 * Texts that providers publish at addresses of their own, such as certificates, each kept for an hour. They are fetched
 * through the guard of outgoing requests, as everything else.
 */
export class PublishedTexts {
  readonly #app: Pick<App, 'sender' | 'clock'>;
  readonly #kept = new Map<string, { text: Promise<string>; until: number }>();

  constructor(app: Pick<App, 'sender' | 'clock'>) {
    this.#app = app;
  }

  /** @throws Error when it cannot be had */
  get(url: string): Promise<string> {
    const now = this.#app.clock();
    const known = this.#kept.get(url);
    if (known !== undefined && known.until > now) return known.text;
    const text = this.fetch(url);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(url, { text, until: now + keptMs });
    // What failed is asked for again the next time.
    text.catch(() => this.#kept.delete(url));
    return text;
  }

  /** As {@link get}, anew each time. */
  async fetch(url: string): Promise<string> {
    const { status, body, bodyTruncated } = await this.#app.sender.send({
      method: 'GET',
      url,
      headers: { accept: '*/*' },
      body: null,
      timeoutMs,
    });
    if (status !== 200 || bodyTruncated) throw new Error(`${new URL(url).host} answered ${status}.`);
    return body;
  }
}
