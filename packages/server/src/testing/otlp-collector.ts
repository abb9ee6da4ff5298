import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { readTracing } from '../config/tracing.ts';
import { createTracer } from '../tracing/otel-tracer.ts';
import type { Tracer } from '../tracing/tracer.ts';

/** A span as a collector reads it out of JSON. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  /** In nanoseconds since the epoch. */
  start: bigint;
  end: bigint;
  attributes: Record<string, string | number>;
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

export interface CollectedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came, unpacked. */
  body: Buffer;
}

/** A collector on loopback that keeps what it is sent. */
export interface Collector {
  readonly port: number;
  /** Its address, as OTEL_EXPORTER_OTLP_ENDPOINT has it. */
  readonly url: string;
  readonly requests: CollectedRequest[];
  /** How it answers; 200 until it is set. */
  respond: (response: ServerResponse) => void;
  /** What came as JSON and was taken, in the order of arrival. */
  spans(): CollectedSpan[];
  /** Everything that came, as text. */
  text(): string;
  close(): Promise<void>;
}

/** The spans of a name, in the order of arrival. */
export function named(spans: readonly CollectedSpan[], name: string): CollectedSpan[] {
  return spans.filter((span) => span.name === name);
}

/** The only span of a name. @throws Error when there is none, or more than one */
export function one(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const [span, ...more] = named(spans, name);
  if (!span || more.length > 0) {
    throw new Error(
      `not one span "${name}" but ${more.length + (span ? 1 : 0)}, of: ${spans.map((each) => each.name).join(', ')}`,
    );
  }
  return span;
}

/** Where a span is, as links and children name it. */
export function placeOf({ traceId, spanId }: CollectedSpan): { traceId: string; spanId: string } {
  return { traceId, spanId };
}

export async function startCollector(port = 0): Promise<Collector> {
  const requests: CollectedRequest[] = [];
  const taken: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      response.once('finish', () => {
        if (response.statusCode === 200 && request.headers['content-type'] === 'application/json') {
          taken.push(...spansIn(body));
        }
      });
      collector.respond(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  const collector: Collector = {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    requests,
    respond: (response) => response.end('{}'),
    spans: () => [...taken],
    text: () =>
      requests
        .map(({ path, headers, body }) => `${path} ${JSON.stringify(headers)} ${body.toString()}`)
        .join('\n'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}

interface JsonValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
}

interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: JsonValue }[];
  links?: { traceId: string; spanId: string }[];
  status: { code?: number };
}

/** OTLP as JSON: an ExportTraceServiceRequest. */
function spansIn(body: Buffer): CollectedSpan[] {
  const { resourceSpans } = JSON.parse(body.toString('utf8')) as {
    resourceSpans: { scopeSpans: { spans: JsonSpan[] }[] }[];
  };
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map((span) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId ?? '',
      name: span.name,
      kind: span.kind,
      start: BigInt(span.startTimeUnixNano),
      end: BigInt(span.endTimeUnixNano),
      attributes: Object.fromEntries(
        span.attributes.map(({ key, value: { stringValue, intValue, doubleValue } }) => [
          key,
          stringValue ?? (intValue === undefined ? (doubleValue ?? 0) : Number(intValue)),
        ]),
      ),
      links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
      failed: span.status.code === 2,
    }));
}

/** A tracer that exports to a collector as JSON, with further variables of the environment. */
export function tracerTo(
  collector: Pick<Collector, 'url'>,
  env: Record<string, string> = {},
  parts: Partial<Parameters<typeof createTracer>[0]> = {},
): Tracer {
  const config = readTracing({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...env,
  })!;
  return createTracer({
    config,
    version: '0.0.0-test',
    clock: Date.now,
    random: Math.random,
    randomBytes,
    log: pino({ level: 'silent' }),
    ...parts,
  });
}
