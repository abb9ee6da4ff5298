import { afterAll, beforeAll, expect, it } from 'vitest';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { openSandbox } from '../testing/open-sandbox.ts';
import type { CallOptions, OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
beforeAll(async () => {
  open = await openSandbox(sandboxDefinitions(), 'sendgrid');
});
afterAll(() => open.sandbox.close());

const mail = () => ({
  personalizations: [{ to: [{ email: 'ada@example.com' }] }],
  from: { email: open.values['fromEmail'] },
  subject: 'Hello',
  content: [{ type: 'text/plain', value: 'Hi Ada' }],
});

const send = (json: unknown, options: CallOptions = {}) =>
  open.call('POST', 'https://api.sendgrid.com/v3/mail/send', {
    json,
    ...options,
    headers: { authorization: `Bearer ${open.values['apiKey']}`, ...options.headers },
  });

it('takes a message and gives its id', async () => {
  const answer = await send(mail());
  expect([answer.status, answer.text]).toEqual([202, '']);
  expect(answer.headers.get('x-message-id')).toMatch(/^\w{22}$/);
  expect(open.sandbox.sent('sendgrid').at(-1)).toMatchObject({
    kind: 'email',
    id: answer.headers.get('x-message-id'),
    data: { to: ['ada@example.com'], subject: 'Hello' },
  });
});

it('only checks a message in sandbox mode', async () => {
  const before = open.sandbox.sent('sendgrid').length;
  const answer = await send({ ...mail(), mail_settings: { sandbox_mode: { enable: true } } });
  expect(answer.status).toBe(200);
  expect(open.sandbox.sent('sendgrid')).toHaveLength(before);
});

it.each([
  ['no recipients', { personalizations: [] }, 400, 'personalizations'],
  [
    'a wrong recipient',
    { personalizations: [{ to: [{ email: 'ada' }] }] },
    400,
    'personalizations.0.to.0.email',
  ],
  ['no sender', { from: undefined }, 400, 'from'],
  ['an unverified sender', { from: { email: 'me@elsewhere.example' } }, 403, 'from'],
  ['no subject', { subject: undefined }, 400, 'subject'],
  ['no content', { content: undefined }, 400, 'content'],
  ['empty content', { content: [{ type: 'text/plain', value: '' }] }, 400, 'content.0.value'],
  [
    'plain text after HTML',
    {
      content: [
        { type: 'text/html', value: '<p>' },
        { type: 'text/plain', value: 'x' },
      ],
    },
    400,
    'content',
  ],
])('refuses %s', async (_, change, status, field) => {
  const before = open.sandbox.sent('sendgrid').length;
  const answer = await send({ ...mail(), ...change });
  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({ errors: [{ message: expect.any(String), field, help: null }] });
  expect(open.sandbox.sent('sendgrid')).toHaveLength(before);
});

it('refuses what is no JSON, a wrong key, and an unknown address', async () => {
  expect((await send(undefined, { body: '{', headers: { 'content-type': 'application/json' } })).status).toBe(
    400,
  );
  expect((await send(undefined, { form: { a: 'b' } })).status).toBe(415);
  expect((await send(mail(), { headers: { authorization: 'Bearer SG.wrong' } })).status).toBe(401);
  const headers = { authorization: `Bearer ${open.values['apiKey']}` };
  expect((await open.call('GET', 'https://api.sendgrid.com/v3/nothing', { headers })).status).toBe(404);
  expect((await open.call('GET', 'https://elsewhere.example/v3/scopes', { headers })).text).toContain(
    'plays no',
  );
});
