import { expect, it } from 'vitest';
import { isDone, webhookHref } from './template-words.ts';

it('fills in the form of a new webhook', () => {
  const href = webhookHref({
    kind: 'webhook',
    webhook: { name: 'Job created - Zapier', events: ['job.created', 'job.*'], description: 'Zaps & more' },
    urlHint: '',
    urlExample: '',
  });
  const url = new URL(href, 'https://hub.example');
  expect(url.pathname).toBe('/webhooks/new');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    name: 'Job created - Zapier',
    events: 'job.created,job.*',
    description: 'Zaps & more',
  });
});

it('is done when every purpose has its connection', () => {
  expect(isDone({ makes: { kind: 'connections', choices: [], done: true } })).toBe(true);
  expect(isDone({ makes: { kind: 'connections', choices: [], done: false } })).toBe(false);
});
