import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startCollector, tracerTo } from '../testing/otlp-collector.ts';
import type { Collector } from '../testing/otlp-collector.ts';
import type { SpanStart, Tracer } from './tracer.ts';

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const work: SpanStart = { name: 'work', kind: 'internal' };

let collector: Collector;
const tracers: Tracer[] = [];

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await Promise.all(tracers.splice(0).map((tracer) => tracer.stop(0)));
  await collector.close();
});

function start(
  ...parts: Parameters<typeof tracerTo> extends [unknown, ...infer Rest] ? Rest : never
): Tracer {
  const tracer = tracerTo(collector, ...parts);
  tracers.push(tracer);
  return tracer;
}

describe('what is exported', () => {
  it('says of a span what it was told, and whose child it is', async () => {
    const tracer = start({ OTEL_SERVICE_NAME: 'integrations', OTEL_RESOURCE_ATTRIBUTES: 'host.name=a' });
    const parent = tracer.begin({ name: 'first', kind: 'server', startedAt: 1_700_000_000_250 })!;
    const child = parent.child({
      name: 'second',
      kind: 'client',
      attributes: { 'server.address': 'api.example.com', 'trunkline.provider': undefined },
    });
    child.fail('timeout');
    child.link(caller);
    child.end(12.5);
    parent.set({ 'http.response.status_code': 200 });
    parent.rename('POST /api/v1/events');
    parent.end(1_000);
    parent.end();
    await tracer.stop(5_000);
    const [second, first] = collector.spans();
    expect(first).toMatchObject({
      ...parent.place,
      parentSpanId: '',
      name: 'POST /api/v1/events',
      kind: 2,
      start: 1_700_000_000_250_000_000n,
      end: 1_700_000_001_250_000_000n,
      attributes: { 'http.response.status_code': 200 },
      failed: false,
    });
    expect(second).toMatchObject({
      ...child.place,
      traceId: first!.traceId,
      parentSpanId: first!.spanId,
      kind: 3,
      links: [caller],
      failed: true,
    });
    expect(second!.attributes).toEqual({ 'server.address': 'api.example.com', 'error.type': 'timeout' });
    expect(second!.end - second!.start).toBe(12_500_000n);
    expect(collector.spans()).toHaveLength(2);
    const { path, body } = collector.requests[0]!;
    expect(path).toBe('/v1/traces');
    expect(body.toString()).toContain('"stringValue":"integrations"');
    expect(body.toString()).toContain('"key":"host.name"');
    expect(tracer.counters).toMatchObject({ recorded: 2, exported: 2, failed: 0 });
  });

  it('is protobuf unless JSON is asked for, packed when that is, with the headers of the operator', async () => {
    const tracer = start({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collector-token',
    });
    const span = tracer.begin(work, { ...caller, sampled: true })!;
    span.end();
    await tracer.stop(5_000);
    const { headers, body } = collector.requests[0]!;
    expect(headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      authorization: 'Bearer collector-token',
    });
    // ExportTraceServiceRequest.resource_spans[].scope_spans[].spans[], by their numbers in the protocol's files.
    const fields = fieldsAt(body, [1, 2, 2]);
    expect(fields.get(1)?.toString('hex')).toBe(caller.traceId);
    expect(fields.get(2)?.toString('hex')).toBe(span.place.spanId);
    expect(fields.get(4)?.toString('hex')).toBe(caller.spanId);
    expect(fields.get(5)?.toString()).toBe('work');
  });

  it('leaves on its own, without anybody waiting for it', async () => {
    const tracer = start();
    tracer.begin(work)!.end();
    await eventually(() => expect(collector.spans()).toHaveLength(1));
  });
});

describe('the sampler', () => {
  const sampled = { ...caller, sampled: true };
  const unsampled = { ...caller, sampled: false };

  it.each([
    ['always_on', 'yes', 'yes', 'yes'],
    ['always_off', 'no', 'no', 'no'],
    ['parentbased_always_on', 'yes', 'yes', 'no'],
    ['parentbased_always_off', 'no', 'yes', 'no'],
  ])(
    '%s: on its own %s, for a caller who records %s, for one who does not %s',
    (name, own, recorded, not) => {
      const tracer = start({ OTEL_TRACES_SAMPLER: name });
      const decided = [null, sampled, unsampled].map((who) =>
        tracer.begin(work, who) === null ? 'no' : 'yes',
      );
      expect(decided).toEqual([own, recorded, not]);
    },
  );

  it('takes a part of the traces, and goes by the trace’s id, so that all processes decide alike', () => {
    const [one, other] = [start, start].map((make) =>
      make({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }),
    ) as [Tracer, Tracer];
    const own = Array.from({ length: 4_000 }, () => one.begin(work)).filter((span) => span !== null);
    expect(own.length).toBeGreaterThan(800);
    expect(own.length).toBeLessThan(1_200);
    for (const { place } of own) {
      expect(other.begin(work, { ...place, sampled: false })?.place.traceId).toBe(place.traceId);
    }
  });
});

describe('a collector that is not there', () => {
  const dead = { url: 'http://127.0.0.1:9' };

  it('keeps nobody waiting, and is told of once, without address or header', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const env = {
      OTEL_EXPORTER_OTLP_TIMEOUT: '400',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=collector-token',
    };
    const tracer = tracerTo(dead, env, { log });
    for (let i = 0; i < 2_000; i += 1) tracer.begin(work)!.end();
    await eventually(() => expect(tracer.counters.failed).toBe(2_000));
    await tracer.stop(5_000);
    const warnings = lines.filter((line) => line.includes('spans could not be exported'));
    expect(warnings).toHaveLength(1);
    expect(JSON.parse(warnings[0]!)).toMatchObject({ reason: 'connect', spans: expect.any(Number) });
    expect(lines.join('')).not.toMatch(/collector-token|127\.0\.0\.1:9/);
  });

  it('costs a bounded number of spans in memory, and the rest is dropped', async () => {
    collector.respond = () => undefined;
    const tracer = start({ OTEL_EXPORTER_OTLP_TIMEOUT: '3000' });
    for (let i = 0; i < 30_000; i += 1) tracer.begin(work)!.end();
    await eventually(() => expect(collector.requests).toHaveLength(1));
    collector.respond = (response) => response.end('{}');
    await tracer.stop(15_000);
    // The first batch hangs with the collector; behind it 8,192 had room.
    expect(tracer.counters).toMatchObject({ recorded: 30_000, exported: 8_192, failed: 512 });
  });

  it('is asked again when it is busy, for as long as it says', async () => {
    const answers = [503, 429, 200];
    collector.respond = (response) =>
      response
        .writeHead(answers.shift()!, { 'retry-after': '0', 'content-type': 'application/json' })
        .end('{}');
    const tracer = start();
    tracer.begin(work)!.end();
    await eventually(() => expect(collector.requests).toHaveLength(3));
    await eventually(() => expect(tracer.counters).toMatchObject({ exported: 1, failed: 0 }));
  });

  it('is not asked again when it refuses', async () => {
    collector.respond = (response) => response.writeHead(401).end('who are you');
    const tracer = start();
    tracer.begin(work)!.end();
    await eventually(() => expect(tracer.counters.failed).toBe(1));
    expect(collector.requests).toHaveLength(1);
  });
});

describe('the end of the process', () => {
  it('waits for what is under way and what is left', async () => {
    let release = (): void => undefined;
    collector.respond = (response) => (release = () => response.end('{}'));
    const tracer = start();
    for (let i = 0; i < 600; i += 1) tracer.begin(work)!.end();
    await eventually(() => expect(collector.requests).toHaveLength(1));
    collector.respond = (response) => response.end('{}');
    const stopped = tracer.stop(10_000);
    await eventually(() => expect(collector.requests).toHaveLength(2));
    release();
    await stopped;
    expect(tracer.counters.exported).toBe(600);
  });

  it('is not held up by a collector that does not answer', async () => {
    collector.respond = () => undefined;
    const tracer = start();
    tracer.begin(work)!.end();
    const began = performance.now();
    await tracer.stop(200);
    expect(performance.now() - began).toBeLessThan(2_000);
    await eventually(() => expect(tracer.counters.failed).toBe(1));
  });
});

/** The fields of a message of protobuf below others, the last of each number; numbers are left out. */
function fieldsAt(message: Buffer, path: readonly number[]): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < message.length;) {
    const varint = (): number => {
      let value = 0;
      for (let shift = 1; ; shift *= 128) {
        const byte = message[at++]!;
        value += (byte & 127) * shift;
        if (byte < 128) return value;
      }
    };
    const tag = varint();
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) at += 8;
    else if (tag % 8 === 5) at += 4;
    else {
      const length = varint();
      fields.set(Math.floor(tag / 8), message.subarray(at, at + length));
      at += length;
    }
  }
  const [next, ...rest] = path;
  return next === undefined ? fields : fieldsAt(fields.get(next)!, rest);
}
