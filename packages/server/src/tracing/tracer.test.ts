import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { during, inSpan, kindOfError, originOf, spanAttributes, within } from './tracer.ts';
import type { Span, SpanStart, Traced } from './tracer.ts';

/** A span that notes what happens to it. */
class Noted implements Span {
  readonly place = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
  readonly notes: unknown[] = [];
  child(start: SpanStart): Noted {
    const child = new Noted();
    this.notes.push([start.name, child.notes]);
    return child;
  }
  rename = (name: string) => void this.notes.push(['rename', name]);
  set = (attributes: object) => void this.notes.push(attributes);
  link = () => undefined;
  fail = (kind: string) => void this.notes.push(['fail', kind]);
  end = () => void this.notes.push('end');
}

const untraced = (): Traced => ({ tracer: null, span: null, log: pino({ level: 'silent' }) });
const start: SpanStart = { name: 'work', kind: 'internal' };

describe('work', () => {
  it('is just done where nothing is traced, with the very same App', async () => {
    const app = untraced();
    expect(await inSpan(app, start, async (inner, span) => [inner === app, span])).toEqual([true, null]);
  });

  it('is a span below the present one, and what it does is below that', async () => {
    const top = new Noted();
    const app = within(untraced(), top);
    const result = await inSpan(app, start, (inner) =>
      inSpan(inner, { ...start, name: 'part' }, async () => 7),
    );
    expect(result).toBe(7);
    expect(top.notes).toEqual([['work', [['part', ['end']], 'end']]]);
  });

  it('that fails is marked by the kind of the error; what a caller did wrong is only named', async () => {
    const failing = async (error: unknown) => {
      const span = new Noted();
      const failed = during(untraced(), span, async () => {
        throw error;
      });
      await expect(failed).rejects.toBe(error);
      return span.notes;
    };
    expect(await failing(new TypeError('a secret'))).toEqual([['fail', 'TypeError'], 'end']);
    expect(await failing(new AppError('overloaded', 'too many'))).toEqual([['fail', 'overloaded'], 'end']);
    expect(await failing(new AppError('not_found', 'nothing'))).toEqual([
      { 'error.type': 'not_found' },
      'end',
    ]);
  });

  it('has the same origin as all of its process, and log lines with the id of its trace', () => {
    const lines: string[] = [];
    const app = {
      ...untraced(),
      log: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    };
    const inner = within(within(app, new Noted()), new Noted());
    expect(originOf(inner)).toBe(app);
    expect(originOf(app)).toBe(app);
    inner.log.info('a line');
    expect(lines[0]!.match(/trace_id/g)).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      msg: 'a line',
    });
  });
});

describe('the kind of an error', () => {
  it('is its fault, its code or its class, and never words', () => {
    expect(kindOfError(Object.assign(new Error('a'), { problem: { fault: 'rateLimit' } }))).toBe('rateLimit');
    expect(kindOfError(Object.assign(new Error('a'), { code: 'ECONNRESET' }))).toBe('ECONNRESET');
    expect(kindOfError(Object.assign(new Error('a'), { code: 'Bearer secret' }))).toBe('Error');
    expect(kindOfError(Object.assign(new Error('a'), { code: 23505, name: 'a secret name' }))).toBe(
      'unknown',
    );
    expect(kindOfError('a secret')).toBe('unknown');
  });
});

it('docs/traces.md explains every attribute, and no other', () => {
  const text = readFileSync(new URL('../../../../docs/traces.md', import.meta.url), 'utf8');
  const table = text.slice(text.indexOf('## Attributes'), text.indexOf('## What leaves the house'));
  const named = [...table.matchAll(/^\| `([a-z_.]+)`/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(spanAttributes));
  expect(named).toHaveLength(spanAttributes.length);
});
