import { createPrivateKey, X509Certificate } from 'node:crypto';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { describe, expect, it } from 'vitest';
import { accountOf } from './account.ts';
import { textFor } from './from-pattern.ts';
import { numbersOf } from './seed.ts';

const definitions = sandboxDefinitions();
const valuesOf = (slug: string) => accountOf(definitions.find((each) => each.slug === slug)!).values;

describe.each(definitions.map((definition) => [definition.slug, definition] as const))(
  '%s',
  (_, definition) => {
    it('has every required value, the same each time', () => {
      const { values } = accountOf(definition);
      expect(accountOf(definition).values).toEqual(values);
      const fields = definition.auth.flatMap((auth) => [...auth.fields]);
      const missing = fields.filter(({ key, optional }) => values[key] === undefined && !optional);
      const unfit = fields.filter(
        ({ key, pattern }) => key in values && pattern?.test(values[key]!) === false,
      );
      expect([missing, unfit]).toEqual([[], []]);
    });
  },
);

it('gives no two providers the same secret', () => {
  const secrets = definitions.flatMap((definition) => [...accountOf(definition).secrets]);
  expect(new Set(secrets).size).toBe(secrets.length);
});

it('makes keys and certificates that are some', () => {
  const { certificate, privateKey } = valuesOf('adp');
  const parsed = new X509Certificate(certificate!);
  expect(parsed.checkPrivateKey(createPrivateKey(privateKey!))).toBe(true);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(valuesOf('bcbs')['sftpPrivateKey']).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
});

it.each([
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^(sk|rk)_(live|test)_\S+$/,
  /^[\x21-\x7e]{16,256}$/,
  /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/,
  /^a?b*(?:c|d)+\.\d+$/,
])('makes a text for %s', (pattern) => {
  expect(textFor(pattern, numbersOf('test'))).toMatch(pattern);
});

it('takes the test mode where there is one, and gives up on look-around', () => {
  expect(textFor(/^(live|test)_\d$/, numbersOf('test'))).toMatch(/^test_/);
  expect(() => textFor(/^(?!a)b$/, numbersOf('test'))).toThrow('look-around');
});
