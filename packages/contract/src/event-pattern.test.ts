import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEventPattern, matchesPattern, patternsOf } from './event-pattern.ts';
import { eventTypes } from './event-types/catalog.ts';

const word = fc.constantFrom('a', 'b', 'ab', 'b2', 'a_b');
const types = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join('.'));
const patterns = fc.oneof(
  types,
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `${words.join('.')}.*`),
  fc.constant('*'),
);

describe('isEventPattern', () => {
  it.each(['*', 'job.*', 'job.created', 'a.b.c', 'a.b.*', 'candidate.status_changed', 'v2.x1'])(
    'accepts %s',
    (text) => expect(isEventPattern(text)).toBe(true),
  );

  it.each([
    '',
    'job',
    '.*',
    '**',
    'job*',
    'job.',
    '.created',
    'job..created',
    'job.*.x',
    '*.created',
    'Job.created',
    'job.2x',
    'job.created ',
    'job.created\n',
    'job-x.created',
    `job.${'x'.repeat(120)}`,
  ])('refuses %j', (text) => expect(isEventPattern(text)).toBe(false));
});

describe('matchesPattern', () => {
  it.each([
    ['job.created', 'job.created', true],
    ['job.created', 'job.closed', false],
    ['job.created', 'job.created.again', false],
    ['job.*', 'job.created', true],
    ['job.*', 'job.pay.changed', true],
    ['job.*', 'job', false],
    ['job.*', 'jobs.created', false],
    ['job.*', 'job_x.created', false],
    ['a.b.*', 'a.c.d', false],
    ['*', 'anything.at_all', true],
  ])('%s against %s: %s', (pattern, type, expected) => {
    expect(matchesPattern(pattern, type)).toBe(expected);
  });
});

describe('patternsOf', () => {
  it('lists the narrowest first', () => {
    expect(patternsOf('job.created')).toEqual(['job.created', 'job.*', '*']);
    expect(patternsOf('a.b.c')).toEqual(['a.b.c', 'a.b.*', 'a.*', '*']);
  });

  it('lists exactly the patterns that match', () => {
    fc.assert(
      fc.property(patterns, types, (pattern, type) => {
        expect(patternsOf(type).includes(pattern)).toBe(matchesPattern(pattern, type));
      }),
    );
  });

  it('gives valid patterns for every type of the catalog', () => {
    expect(
      eventTypes.flatMap((type) => patternsOf(type.name)).filter((text) => !isEventPattern(text)),
    ).toEqual([]);
  });
});
