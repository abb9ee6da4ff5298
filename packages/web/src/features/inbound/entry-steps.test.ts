import type { ProviderSummary } from '@trunkline/contract/catalog';
import { expect, it } from 'vitest';
import { sampleSource } from '../../testing/sample-inbound.ts';
import { usualSignature } from './SignatureFields.tsx';
import { entrySteps } from './entry-steps.ts';
import { findSenders } from './find-senders.ts';

it('leads through the screens of a provider that is known, and ends with its key when that is missing', () => {
  const steps = entrySteps(sampleSource, null);
  expect(steps[0]).toBe('Open SendGrid → Settings → Mail Settings → Event Webhook.');
  expect(steps[1]).toBe('Enter the address as Post URL.');
  const missing = entrySteps({ ...sampleSource, keyFrom: 'missing' }, null);
  expect(missing.at(-1)).toContain('Enter the event webhook verification key here');
  expect(missing).toHaveLength(steps.length + 1);
});

it('says what holds for every provider, and what for any sender', () => {
  const other = { ...sampleSource, provider: 'lever', providerName: 'Lever' };
  expect(entrySteps(other, null)[0]).toBe('Open the settings of webhooks at Lever.');
  const generic = { ...sampleSource, provider: 'generic', signature: usualSignature };
  expect(entrySteps(generic, null)).toHaveLength(2);
});

it('offers only providers that send webhooks, those that are connected first', () => {
  const provider = (name: string, changes: Partial<ProviderSummary> = {}) =>
    ({ slug: name.toLowerCase(), name, sendsWebhooks: true, connected: 0, ...changes }) as ProviderSummary;
  const all = [
    provider('Stripe'),
    provider('Slack', { connected: 1 }),
    provider('Silae', { sendsWebhooks: false }),
    provider('GitHub'),
  ];
  expect(findSenders(all, '').map(({ name }) => name)).toEqual(['Slack', 'GitHub', 'Stripe']);
  expect(findSenders(all, ' STR ').map(({ name }) => name)).toEqual(['Stripe']);
});
