import { expect, it } from 'vitest';
import { sampleSource } from '../../testing/sample-inbound.ts';
import { usualSignature } from './SignatureFields.tsx';
import { lateRefusal, refusalWords, standingOf } from './source-words.ts';

const at = '2026-11-29T10:00:00.000Z';
const now = Date.parse(at);
const refusal = (minutesAgo: number, reason = 'wrong_signature') => ({
  at: new Date(now - minutesAgo * 60_000).toISOString(),
  reason,
  address: '203.0.113.9',
});

it('says of a signature that does not match whose key differs', () => {
  expect(refusalWords(sampleSource, 'wrong_signature', '203.0.113.9')).toEqual({
    title: 'The signature did not match',
    fix: 'The event webhook verification key here differs from the one at SendGrid. Copy it from there and replace the key here.',
  });
  const generic = { ...sampleSource, provider: 'generic', signature: usualSignature };
  expect(refusalWords(generic, 'wrong_signature', '').fix).toMatch(
    /^The key here differs from the one at the sender\./,
  );
  expect(refusalWords(generic, 'no_signature', '').fix).toBe(
    'The sender has to send it in the header X-Signature.',
  );
});

it('names the address that is not allowed, and shows a reason that it does not know', () => {
  expect(refusalWords(sampleSource, 'address_not_allowed', '203.0.113.9').fix).toContain('Add 203.0.113.9');
  expect(refusalWords(sampleSource, 'Something new', '').title).toBe('Something new');
});

it('tells of a refusal for a day, and not once something has come in since', () => {
  const refused = { ...sampleSource, refused24h: 1, lastRefusal: refusal(30) };
  expect(lateRefusal(refused, now)).toEqual(refused.lastRefusal);
  expect(lateRefusal({ ...refused, lastReceivedAt: at }, now)).toBeNull();
  expect(lateRefusal({ ...refused, lastReceivedAt: null, lastRefusal: refusal(25 * 60) }, now)).toBeNull();
});

it('gives the state of a source, the most urgent first', () => {
  const labelOf = (change: Partial<typeof sampleSource>) =>
    standingOf({ ...sampleSource, ...change }, now).label;
  const bad = { failed: 2, refused24h: 3, lastRefusal: refusal(5) };
  expect(labelOf({ ...bad, enabled: false, keyFrom: 'missing' })).toBe('Off');
  expect(labelOf({ ...bad, keyFrom: 'missing' })).toBe('No key');
  expect(standingOf({ ...sampleSource, ...bad }, now)).toEqual({
    status: 'error',
    label: 'Refusing',
    note: '3 refused: the signature did not match',
  });
  expect(labelOf({ failed: 2 })).toBe('Failing');
  expect(labelOf({ lastReceivedAt: null })).toBe('Waiting');
  expect(labelOf({})).toBe('Receiving');
});
