import { TrunklineError, readRefusal } from './trunkline-error.ts';

export interface HttpClientOptions {
  /** Where Trunkline is, such as `https://trunkline.example.com`. */
  baseUrl: string;
  apiKey: string;
  /** Stands in for the platform's `fetch`. */
  fetch?: typeof fetch;
  /** How often a request is repeated that failed for a while only: 3 unless given, 0 never. */
  maxRetries?: number;
  /** Time limit of one try, in ms: 40,000 unless given. An action is waited for up to 30,000. */
  timeoutMs?: number;
  /** Waits between two tries; a test may have it wait for nothing. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The input itself says what a repetition is, so a POST needs no `Idempotency-Key`. */
  isRepeatable?: boolean;
  /** Ends the request and everything that would follow it. */
  signal?: AbortSignal;
}

/** An answer that says to wait longer than this is given to the caller instead, in seconds. */
const longestWaitSeconds = 30;
const firstWaitMs = 250;
const mostWaitMs = 8_000;

/** Statuses after which the same request may succeed a little later. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends requests with an API key. One that failed for a while only (no answer, 429, 5xx) is repeated, with growing waits or
 * as `Retry-After` says. A POST carries an `Idempotency-Key`, so that a repetition is never done twice.
 */
export class HttpClient {
  readonly #options: Required<HttpClientOptions>;

  constructor(options: HttpClientOptions) {
    if (!/^https?:\/\//.test(options.baseUrl)) throw new TypeError('baseUrl begins with https:// or http://');
    if (options.apiKey === '') throw new TypeError('apiKey is empty');
    this.#options = {
      maxRetries: 3,
      timeoutMs: 40_000,
      sleep,
      ...options,
      fetch: options.fetch ?? ((...request) => fetch(...request)),
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
    };
  }

  /**
   * Asks any address of the API, such as `GET /api/v1/webhooks`. Gives the JSON of the answer, undefined for an empty one.
   *
   * @throws TrunklineError
   */
  async request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const url = this.#urlOf(path, options.query);
    const init = this.#initOf(method, options);
    for (let tries = 0; ; tries += 1) {
      const result = await this.#try(url, init, options.signal);
      if (!(result instanceof TrunklineError)) return result.answer as Answer;
      const wait = waitOf(result, tries);
      if (tries >= this.#options.maxRetries || wait === null) throw result;
      await this.#options.sleep(wait, options.signal);
    }
  }

  #urlOf(path: string, query: RequestOptions['query'] = {}): string {
    const url = new URL(this.#options.baseUrl + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  #initOf(method: string, { body, headers, isRepeatable }: RequestOptions): RequestInit {
    return {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${this.#options.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' && !isRepeatable ? { 'idempotency-key': crypto.randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The key goes to the address that was given, and nowhere else.
      redirect: 'error',
    };
  }

  async #try(
    url: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: unknown } | TrunklineError> {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await this.#options.fetch(url, {
        ...init,
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      if (!response.ok) return new TrunklineError(await readRefusal(response));
      const text = await response.text();
      return { answer: text === '' ? undefined : (JSON.parse(text) as unknown) };
    } catch (cause) {
      signal?.throwIfAborted();
      return new TrunklineError(
        {
          status: 0,
          code: 'unreachable',
          detail: cause instanceof Error ? cause.message : 'No answer came.',
          requestId: null,
          errors: [],
          retryAfterSeconds: null,
        },
        { cause },
      );
    }
  }
}

/** How long to wait before the next try, in ms; null: another one would end the same way. */
function waitOf({ status, code, retryAfterSeconds }: TrunklineError, tries: number): number | null {
  // An earlier try of this very request is still being worked on.
  const isPassing = status === 0 || passing.has(status) || code === 'idempotency_in_flight';
  if (!isPassing || (retryAfterSeconds ?? 0) > longestWaitSeconds) return null;
  if (retryAfterSeconds !== null) return retryAfterSeconds * 1000;
  const full = Math.min(mostWaitMs, firstWaitMs * 2 ** tries);
  return full / 2 + (full / 2) * Math.random();
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
