import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allProviders } from '../providers/all-providers.ts';

const page = readFileSync(new URL('../../../../docs/inbound-providers.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('|'));

it('the documents know every provider that sends, and its scheme', () => {
  const missing = allProviders.filter(
    ({ slug, inbound }) =>
      inbound !== null &&
      !rows.some((row) => row.includes(`\`${slug}\``) && row.includes(`\`${inbound.scheme}\``)),
  );
  expect(missing.map(({ slug }) => slug)).toEqual([]);
});

it('the documents say what every provider with a handshake asks', () => {
  const asking = page.slice(page.indexOf('## What is answered'), page.indexOf('## What becomes'));
  // Salesforce wants its answer after every message, and the receiver of forwarded mail asks a person.
  const others = new Set(['salesforce', 'email-forwarding']);
  const missing = allProviders.filter(
    ({ slug, inbound }) =>
      inbound?.handshake !== undefined && !others.has(slug) && !asking.includes(`\`${slug}\``),
  );
  expect(missing.map(({ slug }) => slug)).toEqual([]);
});
