import { describe, expect, it } from 'vitest';
import { findPatterns } from './patterns.ts';
import type { PatternFacts } from './patterns.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const now = Date.UTC(2026, 10, 28, 10, 42);

function facts(given: Partial<PatternFacts> = {}): PatternFacts {
  return {
    now,
    providerName: 'SendGrid',
    statusPageUrl: 'https://status.sendgrid.com',
    websiteUrl: 'https://sendgrid.com',
    host: 'smtp.sendgrid.net',
    port: 587,
    status: 'error',
    errors: [],
    credentialsChangedAt: null,
    spans: [],
    days: [],
    tlsStep: null,
    sameProvider: { total: 1, failing: 1 },
    ...given,
  };
}

function error(recentAt: number[], given: Partial<PatternFacts['errors'][number]> = {}) {
  return { fault: 'down', code: 'timeout', firstAt: Math.min(...recentAt), recentAt, ...given } as const;
}

const at = (...minutes: number[]): number[] => minutes.map((minute) => now - minute * minuteMs);
const keys = (given: Partial<PatternFacts>): string[] => findPatterns(facts(given)).map(({ key }) => key);

it('finds nothing where there is nothing', () => {
  expect(keys({ status: 'active' })).toEqual([]);
});

describe('timeouts', () => {
  it('says how many in how long, and to look at the firewall', () => {
    const [pattern] = findPatterns(facts({ errors: [error(at(0, 1, 2, 4, 7))] }));
    expect(pattern).toEqual({
      key: 'timeouts',
      sentence: '5 timeouts in 7 minutes: network or firewall.',
      action: {
        key: 'check_firewall',
        label: 'Check the firewall',
        why: 'Is port 587 to smtp.sendgrid.net blocked?',
        link: null,
        opens: { host: 'smtp.sendgrid.net', port: 587 },
      },
    });
  });

  it('needs three, of late, and timeouts', () => {
    expect(keys({ errors: [error(at(0, 1))] })).toEqual([]);
    expect(keys({ errors: [error(at(40, 41, 42))] })).toEqual([]);
    expect(keys({ errors: [error(at(0, 1, 2), { code: '503' })] })).toEqual([]);
  });
});

describe('after a rotation', () => {
  const refused = error(at(1, 6), { fault: 'reauth', code: '401' });

  it('suspects the new key', () => {
    const [pattern] = findPatterns(facts({ errors: [refused], credentialsChangedAt: now - 20 * minuteMs }));
    expect(pattern).toMatchObject({ key: 'after_rotation', action: { key: 'verify_key' } });
    expect(pattern!.sentence).toContain('20 minutes ago');
  });

  it('does not when it was refused before, long after, or works', () => {
    const credentialsChangedAt = now - 20 * minuteMs;
    const before = { ...refused, firstAt: credentialsChangedAt - 1 };
    expect(keys({ errors: [before], credentialsChangedAt })).toEqual([]);
    expect(keys({ errors: [refused], credentialsChangedAt: now - 8 * dayMs })).toEqual([]);
    expect(keys({ errors: [refused], credentialsChangedAt, status: 'active' })).toEqual([]);
  });
});

describe('the rhythm of refusals', () => {
  const limited = (...times: number[]) => error(times, { fault: 'rateLimit', code: '429' });
  const sentence = (...times: number[]) => findPatterns(facts({ errors: [limited(...times)] }))[0]?.sentence;
  const today = Date.UTC(2026, 10, 28);

  it('tells the end of an hourly allowance from jobs that start together', () => {
    const hours = [7, 8, 9].map((hour) => today + hour * hourMs);
    expect(sentence(...hours.map((hour) => hour + 50 * minuteMs))).toContain('hourly allowance');
    expect(sentence(...hours.map((hour) => hour + 2 * minuteMs))).toContain('top of the hour: jobs');
  });

  it('sees days', () => {
    const days = [0, 1, 2].map((days) => today - days * dayMs);
    expect(sentence(...days.map((day) => day + 5 * minuteMs))).toContain('midnight (UTC): jobs');
    expect(sentence(...days.map((day) => day - 4 * hourMs))).toContain('daily allowance');
  });

  it('without one, counts those of the last hour', () => {
    expect(sentence(...at(1, 12, 30))).toBe(
      '3 refusals for too many calls in 29 minutes: more calls than SendGrid allows.',
    );
    expect(sentence(...at(1, 100, 230))).toBeUndefined();
  });
});

it('repeats the dates of a certificate that ends soon or has ended', () => {
  const warning = { status: 'warning', detail: 'The certificate ends in 3 days.' } as const;
  expect(findPatterns(facts({ status: 'active', tlsStep: warning }))[0]).toMatchObject({
    key: 'certificate',
    sentence: expect.stringContaining('ends in 3 days') as string,
    action: { key: 'renew_certificate' },
  });
  const tls = error(at(1), { code: 'tls' });
  const failed = (detail: string) => keys({ errors: [tls], tlsStep: { status: 'failed', detail } });
  expect(failed('The certificate has expired.')).toEqual(['certificate']);
  expect(failed('The certificate is self-signed, so nobody vouches for it.')).toEqual([]);
});

it('sees that it gets slower day by day, and not one slow day', () => {
  const days = (...ms: number[]) => ms.map((meanMs) => ({ count: 200, meanMs }));
  const rising = findPatterns(facts({ status: 'active', days: days(300, 310, 290, 305, 420, 520, 610) }));
  expect(rising[0]).toMatchObject({
    key: 'drift',
    sentence: 'Slower day by day: 325 ms a week ago, 610 ms now.',
  });
  expect(keys({ days: days(300, 310, 290, 305, 300, 290, 900) })).toEqual([]);
  expect(keys({ days: days(300, 310, 320, 330, 340, 350, 360) })).toEqual([]);
  expect(keys({ days: days(300, 500, 900) })).toEqual([]);
});

it('sees that it fails and recovers again and again', () => {
  const spans = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      status: index % 2 === 0 ? ('error' as const) : ('active' as const),
      since: now - index * 10 * minuteMs,
    }));
  expect(keys({ spans: spans(5) })).toEqual(['flapping']);
  expect(keys({ spans: spans(4) })).toEqual([]);
});

it('sees an incident of the provider, first of all', () => {
  const errors = [error(at(0, 1, 2))];
  const found = findPatterns(facts({ errors, sameProvider: { total: 3, failing: 3 } }));
  expect(found.map(({ key }) => key)).toEqual(['provider_incident', 'timeouts']);
  expect(found[0]!.action).toMatchObject({ key: 'status_page', link: 'https://status.sendgrid.com' });
  expect(keys({ sameProvider: { total: 3, failing: 2 } })).toEqual([]);
});
