import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { TracingConfig } from '../config/tracing.ts';
import { Sender } from '../lib/egress/client.ts';
import { EgressError } from '../lib/egress/errors.ts';
import type { SendResult } from '../lib/egress/send-result.ts';
import { parseEgressAllow } from '../lib/egress/allow-list.ts';
import { parseRetryAfter } from '../lib/retry-after.ts';

export interface ExporterOptions {
  config: Pick<TracingConfig, 'url' | 'headers' | 'format' | 'gzip' | 'timeoutMs' | 'ca'>;
  userAgent: string;
  clock: () => number;
  /** 0 ≤ n < 1. */
  random: () => number;
  log: Logger;
}

const compress = promisify(gzip);
/** Answers after which the same is sent once more (OTLP/HTTP, "Retryable Response Codes"). */
const retryable = new Set([429, 502, 503, 504]);
const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** While a collector is away, the log says so this often. */
const warnEveryMs = 60_000;

/**
 * Sends spans to a collector by OTLP over HTTP. The library's encoding, our own client: its deadline covers the whole
 * exchange, and it lets go at once when the process ends. The collector is named by the operator, so its address may be
 * any. What does not arrive in time is given up: nothing waits for it but the next export.
 */
export class OtlpExporter implements SpanExporter {
  readonly #options: ExporterOptions;
  readonly #sender: Sender;
  readonly #stopped = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #warnedAt = -Infinity;
  exported = 0;
  failed = 0;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#sender = new Sender({
      allow: parseEgressAllow('0.0.0.0/0,::/0'),
      connectionsPerOrigin: 4,
      ...(options.config.ca !== undefined && { ca: options.config.ca }),
    });
  }

  /** Called by the library with what has gathered; `done` is told 0 for a success and 1 for a failure. */
  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    const sent = this.#deliver(spans, done).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  /** Resolves when everything that was under way has arrived or was given up. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Ends what is under way. */
  async shutdown(): Promise<void> {
    this.#stopped.abort();
    this.#sender.destroy();
  }

  async #deliver(spans: ReadableSpan[], done: (result: { code: number }) => void): Promise<void> {
    let code = 0;
    try {
      await this.#send(spans);
      this.exported += spans.length;
    } catch (error) {
      code = 1;
      this.failed += spans.length;
      this.#warn(error, spans.length);
    }
    done({ code });
  }

  async #send(spans: ReadableSpan[]): Promise<void> {
    const { config, clock, random, userAgent } = this.#options;
    const json = config.format === 'json';
    const encoded = (json ? JsonTraceSerializer : ProtobufTraceSerializer).serializeRequest(spans);
    if (encoded === undefined) throw new RefusedError('nothing to send');
    const plain = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
    const body = config.gzip ? await compress(plain) : plain;
    const headers = {
      ...config.headers,
      'content-type': json ? 'application/json' : 'application/x-protobuf',
      'user-agent': userAgent,
      ...(config.gzip && { 'content-encoding': 'gzip' }),
    };
    const deadline = performance.now() + config.timeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const left = deadline - performance.now();
      const outcome = await this.#sender
        .send({ url: config.url, method: 'POST', headers, body, timeoutMs: Math.max(1, left) })
        .catch((error: unknown) => error);
      if (isAnswer(outcome) && outcome.status < 300) return;
      const again = isAnswer(outcome)
        ? retryable.has(outcome.status)
        : outcome instanceof EgressError && passing.has(outcome.code);
      const asked = isAnswer(outcome)
        ? parseRetryAfter(outcome.headers['retry-after'], clock(), config.timeoutMs)
        : null;
      const waitMs = asked ?? pauseMs * (0.5 + random());
      if (!again || this.#stopped.signal.aborted || performance.now() + waitMs >= deadline) {
        if (isAnswer(outcome)) throw new RefusedError(`status ${outcome.status}`);
        throw outcome instanceof Error ? outcome : new RefusedError('unknown');
      }
      await pause(waitMs, this.#stopped.signal);
    }
  }

  /** Neither the address nor a header nor an answer is logged: each may hold a credential. */
  #warn(error: unknown, spans: number): void {
    const { clock, log } = this.#options;
    if (this.#stopped.signal.aborted || clock() - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = clock();
    const reason =
      error instanceof RefusedError
        ? error.message
        : error instanceof EgressError
          ? error.code
          : 'unexpected';
    log.warn({ reason, spans }, 'spans could not be exported');
  }
}

/** Of failures to reach it, those that may be over soon. */
const passing = new Set<EgressError['code']>(['dns', 'connect', 'reset', 'timeout']);

/** The collector does not want it. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

function isAnswer(outcome: unknown): outcome is SendResult {
  return typeof outcome === 'object' && outcome !== null && !(outcome instanceof Error);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
