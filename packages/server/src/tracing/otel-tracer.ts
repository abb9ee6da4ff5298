import { ROOT_CONTEXT, SpanKind as OtelKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context, HrTime, Span as OtelSpan, Tracer as OtelApiTracer } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { IdGenerator, Sampler } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { TracingConfig } from '../config/tracing.ts';
import type { RandomBytes } from '../lib/random-bytes.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import type {
  Attributes,
  Caller,
  Span,
  SpanKind,
  SpanPlace,
  SpanStart,
  Tracer,
  TracerCounters,
} from './tracer.ts';

/*
 * The one file that knows OpenTelemetry's SDK, loaded when a collector is configured. Nothing of it is registered globally and
 * nothing is patched: what is recorded is what this product's code says.
 */

export interface TracerOptions {
  config: TracingConfig;
  version: string;
  clock: () => number;
  random: () => number;
  randomBytes: RandomBytes;
  log: Logger;
}

/** Spans that wait for the collector, some 2 KiB each; more are dropped. */
const waitingLimit = 8_192;
const batchLimit = 512;
const exportEveryMs = 2_000;
/** The library's own bound, behind the exporter's. */
const spareMs = 5_000;

const kinds: Readonly<Record<SpanKind, OtelKind>> = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
  internal: OtelKind.INTERNAL,
};

/** Makes the tracer of a process. */
export function createTracer(options: TracerOptions): Tracer {
  return new OtelTracer(options);
}

class OtelTracer implements Tracer {
  readonly counters: TracerCounters;
  readonly #ids: Ids;
  readonly #sampler: Sampler;
  readonly #exporter: OtlpExporter;
  readonly #provider: TracerProvider;
  readonly #parts: SpanParts;

  constructor(options: TracerOptions) {
    const { config, version, log } = options;
    this.#ids = new Ids(options.randomBytes);
    this.#sampler = samplerOf(config);
    this.#exporter = new OtlpExporter({ ...options, userAgent: `Trunkline/${version}` });
    this.#provider = new TracerProvider({
      // What is not recorded never gets as far as this.
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      resource: resourceFromAttributes({ 'service.version': version, ...config.resource }),
      spanLimits: {
        attributeValueLengthLimit: 256,
        attributeCountLimit: 32,
        linkCountLimit: 128,
        eventCountLimit: 0,
      },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: this.#exporter,
          maxQueueSize: waitingLimit,
          maxExportBatchSize: batchLimit,
          scheduledDelayMillis: exportEveryMs,
          exportTimeoutMillis: config.timeoutMs + spareMs,
        }),
      ],
    });
    const exporter = this.#exporter;
    this.counters = {
      recorded: 0,
      get exported() {
        return exporter.exported;
      },
      get failed() {
        return exporter.failed;
      },
    };
    this.#parts = {
      tracer: this.#provider.getTracer('trunkline', version),
      clock: options.clock,
      counters: this.counters,
    };
    log.info({ sampler: config.sampler }, 'traces are exported');
  }

  begin(start: SpanStart, caller: Caller | null = null): Span | null {
    const traceId = caller?.traceId ?? this.#ids.generateTraceId();
    const context =
      caller === null
        ? ROOT_CONTEXT
        : contextOf(caller, caller.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE);
    const { decision } = this.#sampler.shouldSample(context, traceId, start.name, kinds[start.kind], {}, []);
    if (decision !== SamplingDecision.RECORD_AND_SAMPLED) return null;
    return this.#make({ traceId, spanId: null }, context, start);
  }

  at(place: { traceId: string; spanId: string | null }, parentId: string | null, start: SpanStart): Span {
    const { traceId } = place;
    const context =
      parentId === null ? ROOT_CONTEXT : contextOf({ traceId, spanId: parentId }, TraceFlags.SAMPLED);
    return this.#make(place, context, start);
  }

  #make(next: Ids['next'], context: Context, start: SpanStart): Span {
    this.#ids.next = next;
    const span = new RecordedSpan(this.#parts, context, start, startOf(this.#parts, start));
    this.#ids.next = null;
    return span;
  }

  async stop(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    // A batch that fails must not keep the others from leaving, and is told of in the log.
    const flushed = this.#provider.forceFlush({ timeoutMillis: limitMs }).catch(() => undefined);
    await Promise.race([flushed.then(() => this.#exporter.idle()), limit]);
    clearTimeout(timer);
    await this.#exporter.shutdown();
  }
}

/** What all spans share. */
interface SpanParts {
  tracer: OtelApiTracer;
  clock: () => number;
  counters: TracerCounters;
}

/** A moment by both clocks: of the day in ms since the epoch, and the steady one that durations are measured by. */
interface Moment {
  day: number;
  steady: number;
}

class RecordedSpan implements Span {
  readonly place: SpanPlace;
  readonly #parts: SpanParts;
  readonly #span: OtelSpan;
  readonly #began: Moment;

  constructor(parts: SpanParts, context: Context, start: SpanStart, began: Moment) {
    this.#parts = parts;
    this.#began = began;
    const { name, kind, attributes = {}, links = [] } = start;
    this.#span = parts.tracer.startSpan(
      name,
      {
        kind: kinds[kind],
        startTime: timeOf(began.day),
        attributes,
        links: links.map((place) => ({
          context: { ...place, traceFlags: TraceFlags.SAMPLED, isRemote: true },
        })),
      },
      context,
    );
    const { traceId, spanId } = this.#span.spanContext();
    this.place = { traceId, spanId };
  }

  /** Times of one process are told from the first span's, so that a child never seems to begin before its parent. */
  child(start: SpanStart): Span {
    const steady = performance.now();
    const began =
      start.startedAt === undefined
        ? { day: this.#began.day + steady - this.#began.steady, steady }
        : startOf(this.#parts, start);
    return new RecordedSpan(this.#parts, trace.setSpan(ROOT_CONTEXT, this.#span), start, began);
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  link(place: SpanPlace): void {
    this.#span.addLink({ context: { ...place, traceFlags: TraceFlags.SAMPLED, isRemote: true } });
  }

  fail(kind: string): void {
    this.#span.setAttribute('error.type', kind);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(lastedMs = performance.now() - this.#began.steady): void {
    if (!this.#span.isRecording()) return;
    this.#parts.counters.recorded += 1;
    this.#span.end(timeOf(this.#began.day + Math.max(0, lastedMs)));
  }
}

function startOf({ clock }: SpanParts, { startedAt }: SpanStart): Moment {
  const now = { day: clock(), steady: performance.now() };
  return startedAt === undefined
    ? now
    : { day: startedAt, steady: now.steady - Math.max(0, now.day - startedAt) };
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.floor((ms - seconds * 1000) * 1_000_000)];
}

function contextOf(place: SpanPlace, traceFlags: TraceFlags): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...place, traceFlags, isRemote: true });
}

function samplerOf({ sampler: { base, ratio, byCaller } }: TracingConfig): Sampler {
  const root =
    base === 'on'
      ? new AlwaysOnSampler()
      : base === 'off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return byCaller ? new ParentBasedSampler({ root }) : root;
}

/** Random ids, unless those of the span that is just being made are given. */
class Ids implements IdGenerator {
  readonly #random: RandomBytes;
  next: { traceId: string; spanId: string | null } | null = null;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  readonly generateTraceId = (): string => this.next?.traceId ?? this.#random(16).toString('hex');
  readonly generateSpanId = (): string => this.next?.spanId ?? this.#random(8).toString('hex');
}
