import type { Logger } from 'pino';

/**
 * What a span may say, and nothing else: names that are not here do not compile, so that no address, header, body or
 * credential gets into a trace by the way. docs/traces.md explains each.
 */
export const spanAttributes = [
  'db.system.name',
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'server.address',
  'trunkline.action.id',
  'trunkline.action.state',
  'trunkline.actor.type',
  'trunkline.attempt.number',
  'trunkline.attempt.outcome',
  'trunkline.capability',
  'trunkline.delivery.id',
  'trunkline.delivery.state',
  'trunkline.delivery.trigger',
  'trunkline.event.id',
  'trunkline.event.type',
  'trunkline.events',
  'trunkline.inbound.id',
  'trunkline.inbound.state',
  'trunkline.integration.id',
  'trunkline.organization.id',
  'trunkline.provider',
  'trunkline.request.id',
  'trunkline.webhook.id',
] as const;

/** One that is undefined is left out. */
export type Attributes = { [Name in (typeof spanAttributes)[number]]?: string | number | undefined };

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Which span of which trace: 32 and 16 hexadecimal digits (W3C Trace Context). */
export interface SpanPlace {
  traceId: string;
  spanId: string;
}

/** What a caller says of its own span. */
export interface Caller extends SpanPlace {
  /** It records its part, and would like the rest. */
  sampled: boolean;
}

export interface SpanStart {
  name: string;
  kind: SpanKind;
  /** Milliseconds since the epoch; now, if left out. */
  startedAt?: number;
  attributes?: Attributes;
  /** What it came from, or leads to, in other traces. */
  links?: readonly SpanPlace[];
}

/** A piece of work that is recorded. It is told of when it ends, and never when it does not. */
export interface Span {
  readonly place: SpanPlace;
  /** A span below this one. */
  child(start: SpanStart): Span;
  rename(name: string): void;
  set(attributes: Attributes): void;
  link(place: SpanPlace): void;
  /** It went wrong: a kind of error from a closed set or a class's name, never a message. */
  fail(kind: string): void;
  /** `lastedMs`: how long it took, where that is known better than by the time of this call. */
  end(lastedMs?: number): void;
}

/** Numbers since the start, for /metrics. */
export interface TracerCounters {
  /** Spans that have ended. */
  recorded: number;
  exported: number;
  /** Given up after the collector did not take them; what is missing beside these two waits, or found no room. */
  failed: number;
}

/** Records spans and exports them. There is none where no collector is configured. */
export interface Tracer {
  readonly counters: Readonly<TracerCounters>;
  /**
   * Begins what nothing of this process is above of: with a trace of its own, or in that of a caller who may be believed.
   * Null: by the sampler this one is not recorded, and nothing below it.
   */
  begin(start: SpanStart, caller?: Caller | null): Span | null;
  /** A span that was decided on before, in a known trace and perhaps at a known place in it; see traced-id.ts. */
  at(place: { traceId: string; spanId: string | null }, parentId: string | null, start: SpanStart): Span;
  /** Exports what is left, within the bound; what did not leave by then is lost. */
  stop(limitMs: number): Promise<void>;
}

/** The part of an `App` that tracing is about. */
export interface Traced {
  /** Null: nothing is traced. */
  tracer: Tracer | null;
  /** What is being done is part of this span; null: it is not traced. */
  span: Span | null;
  log: Logger;
  /** Of a copy for work that is part of a span: what it was made of. */
  origin?: object;
}

/** What all copies of an `App` are copies of: where a process is told from another one. */
export function originOf(app: Traced): object {
  return app.origin ?? app;
}

/** The same for work that is part of a span: its log lines carry the trace's id. */
export function within<A extends Traced>(app: A, span: Span): A {
  const log = app.span?.place.traceId === span.place.traceId ? app.log : app.log.child(traceFields(span));
  return { ...app, span, log, origin: originOf(app) };
}

/** What a log line says of a span. */
export function traceFields(span: Span | null): { trace_id?: string } {
  return span === null ? {} : { trace_id: span.place.traceId };
}

/** A span below the present one; where there is none, one that begins a trace, if the sampler wants it. */
export function spanHere({ tracer, span }: Pick<Traced, 'tracer' | 'span'>, start: SpanStart): Span | null {
  return span === null ? (tracer?.begin(start) ?? null) : span.child(start);
}

/**
 * Does `work` as a span below the present one; just does it where nothing is traced. What it throws is thrown on, and the
 * span says of which kind it was.
 */
export async function inSpan<A extends Traced, T>(
  app: A,
  start: SpanStart,
  work: (app: A, span: Span | null) => Promise<T>,
): Promise<T> {
  return app.span === null ? work(app, null) : during(app, app.span.child(start), work);
}

/** Does `work` as this span, which ends with it; just does it for null. */
export async function during<A extends Traced, T>(
  app: A,
  span: Span | null,
  work: (app: A, span: Span | null) => Promise<T>,
): Promise<T> {
  if (span === null) return work(app, null);
  try {
    return await work(within(app, span), span);
  } catch (error) {
    if (isRefusal(error)) span.set({ 'error.type': kindOfError(error) });
    else span.fail(kindOfError(error));
    throw error;
  } finally {
    span.end();
  }
}

/** What a caller did wrong, such as asking for what is not there: nothing failed. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ZodError' || ('status' in error && Number(error.status) < 500);
}

const kind = /^[A-Za-z][\w.-]{0,63}$/;

/** The kind of an error: its fault or code, or else its class. A message may hold anything, so it is not looked at. */
export function kindOfError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, problem } = error as { code?: unknown; problem?: { fault?: unknown } };
  const named = [problem?.fault, code, error.name].find(
    (one): one is string => typeof one === 'string' && kind.test(one),
  );
  return named ?? 'unknown';
}
