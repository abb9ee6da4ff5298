import { afterEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { openSandbox, tokensFor } from '../testing/open-sandbox.ts';
import type { CallOptions, OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

describe('Slack', () => {
  const oauth = tokensFor({
    bot: ['chat:write', 'channels:read', 'users:read.email'],
    wide: ['chat:write', 'chat:write.public'],
    narrow: ['channels:read'],
  });
  const method = async (name: string, options: CallOptions, token = 'bot') => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await open.call('POST', `https://slack.com/api/${name}`, { headers, ...options });
    expect(answer.status).toBe(200);
    return answer.json as { ok: boolean; error?: string; ts?: string; channel?: string };
  };

  it('posts, changes and takes back', async () => {
    open = await openSandbox(sandboxDefinitions(), 'slack', { oauth });
    const posted = await method('chat.postMessage', {
      json: { channel: '#support-alerts', text: 'New conversation' },
    });
    expect(posted).toMatchObject({
      ok: true,
      channel: 'C0SUPPORT',
      ts: expect.stringMatching(/^\d+\.\d{6}$/),
    });
    const { channel, ts } = posted as { channel: string; ts: string };
    expect(await method('chat.update', { json: { channel, ts, text: 'Done' } })).toMatchObject({ ok: true });
    expect(open.sandbox.sent('slack')).toMatchObject([{ data: { channel: 'support-alerts', text: 'Done' } }]);
    expect(await method('chat.delete', { form: { channel, ts } })).toMatchObject({ ok: true });
    expect(await method('chat.delete', { form: { channel, ts } })).toEqual({
      ok: false,
      error: 'message_not_found',
    });
  });

  it('answers 200 to refusals too', async () => {
    open = await openSandbox(sandboxDefinitions(), 'slack', { oauth });
    const errorOf = async (json: object, token?: string) =>
      (await method('chat.postMessage', { json }, token)).error;
    expect(await errorOf({ channel: 'general', text: '' })).toBe('no_text');
    expect(await errorOf({ channel: 'nowhere', text: 'x' })).toBe('channel_not_found');
    expect(await errorOf({ channel: 'board', text: 'x' })).toBe('channel_not_found');
    expect(await errorOf({ channel: 'random', text: 'x' })).toBe('not_in_channel');
    expect(await errorOf({ channel: 'random', text: 'x' }, 'wide')).toBeUndefined();
    expect(await errorOf({ channel: 'general', text: 'x' }, 'narrow')).toBe('missing_scope');
    expect(await errorOf({ channel: 'general', text: 'x' }, 'unknown')).toBe('invalid_auth');
    expect(await errorOf({ channel: 'general', text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    for (const named of ['internal_error', 'account_inactive', 'restricted_action', 'ratelimited'])
      expect(await errorOf({ channel: 'general', text: `error: ${named}` })).toBe(named);
    expect(await errorOf({ channel: 'general', text: 'error: something_else' })).toBeUndefined();
    expect((await method('auth.test', { headers: {} })).error).toBe('not_authed');
    expect((await method('nothing.here', {})).error).toBe('unknown_method');
    expect(await method('users.lookupByEmail', { form: { email: 'ada@example.com' } })).toMatchObject({
      user: { id: 'U0ADA' },
    });
    expect(await method('conversations.list', {})).toMatchObject({ channels: expect.arrayContaining([]) });
  });

  it('posts by an incoming webhook', async () => {
    open = await openSandbox(sandboxDefinitions(), 'slack', { oauth });
    const url = 'https://hooks.slack.com/services/T0SANDBOX/B0SANDBOX/abcdefghijklmnopqrstuvwx';
    expect(await open.call('POST', url, { json: { text: 'Hi' } })).toMatchObject({ status: 200, text: 'ok' });
    expect(await open.call('POST', url, { json: {} })).toMatchObject({ status: 400, text: 'no_text' });
    open.sandbox.setCondition('slack', 'revoked');
    expect(await open.call('POST', url, { json: { text: 'Hi' } })).toMatchObject({
      status: 404,
      text: 'no_service',
    });
  });
});

describe('Discord', () => {
  const post = (json: object, channel = open.values['channelId']) =>
    open.call('POST', `https://discord.com/api/v10/channels/${channel}/messages`, {
      json,
      headers: { authorization: `Bot ${open.values['botToken']}` },
    });

  it('posts as a bot and by a webhook', async () => {
    open = await openSandbox(sandboxDefinitions(), 'discord');
    expect(await post({ content: 'Hi' })).toMatchObject({ status: 200, json: { content: 'Hi' } });
    expect(await post({})).toMatchObject({ status: 400, json: { code: 50006 } });
    expect(await post({ content: 'x'.repeat(2001) })).toMatchObject({ status: 400, json: { code: 50035 } });
    expect(await post({ content: 'Hi' }, '1'.repeat(18))).toMatchObject({
      status: 404,
      json: { code: 10003 },
    });
    const hook = `https://discord.com/api/webhooks/${'2'.repeat(18)}/${'a'.repeat(68)}`;
    expect((await open.call('POST', hook, { json: { content: 'Hi' } })).status).toBe(204);
    expect((await open.call('POST', `${hook}?wait=true`, { json: { content: 'Hi' } })).status).toBe(200);
    expect(open.sandbox.sent('discord')).toHaveLength(3);
  });
});

describe('Microsoft Teams', () => {
  const team = '02bd9fd6-8f93-4758-87c3-1fb73740a315';
  const oauth = tokensFor({
    app: ['ChannelMessage.Send', 'OnlineMeetings.ReadWrite'],
    narrow: ['User.Read'],
  });
  const graph = (path: string, json: unknown, token = 'app') =>
    open.call('POST', `https://graph.microsoft.com/v1.0${path}`, {
      json,
      headers: { authorization: `Bearer ${token}` },
    });

  it('posts to a channel and makes a meeting', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-teams', { oauth });
    const channel = `/teams/${team}/channels/${encodeURIComponent('19:general@thread.tacv2')}/messages`;
    const message = { body: { content: 'Hi' } };
    expect(await graph(channel, message)).toMatchObject({ status: 201, json: { body: { content: 'Hi' } } });
    expect((await graph(channel, {})).status).toBe(400);
    expect((await graph(channel, message, 'narrow')).status).toBe(403);
    const times = { startDateTime: '2026-12-01T10:00:00Z', endDateTime: '2026-12-01T10:30:00Z' };
    expect(await graph('/me/onlineMeetings', { subject: 'Interview', ...times })).toMatchObject({
      status: 201,
      json: { joinWebUrl: expect.stringContaining('https://teams.microsoft.com/') },
    });
    expect((await graph('/me/onlineMeetings', { ...times, endDateTime: times.startDateTime })).status).toBe(
      400,
    );
  });

  it('makes a meeting under an id of the caller once', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-teams', { oauth });
    const times = { startDateTime: '2026-12-01T10:00:00Z', endDateTime: '2026-12-01T10:30:00Z' };
    const path = '/me/onlineMeetings/createOrGet';
    const first = await graph(path, { externalId: 'one', ...times });
    expect(first.status).toBe(201);
    expect(await graph(path, { externalId: 'one', ...times })).toMatchObject({
      status: 200,
      json: first.json,
    });
    expect((await graph(path, { externalId: 'two', ...times })).status).toBe(201);
    expect((await graph(path, times)).status).toBe(400);
    expect((await graph(path, { externalId: 'three', ...times }, 'narrow')).status).toBe(403);
    expect(open.sandbox.sent('microsoft-teams')).toHaveLength(2);
  });

  it('takes a card by a workflow and by a connector', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-teams', { oauth });
    const workflow =
      'https://prod-12.westus.logic.azure.com/workflows/abc/triggers/manual/paths/invoke?sig=x';
    const connector = 'https://acme.webhook.office.com/webhookb2/abc/IncomingWebhook/def';
    expect((await open.call('POST', workflow, { json: { attachments: [{ content: {} }] } })).status).toBe(
      202,
    );
    expect(await open.call('POST', connector, { json: { text: 'Hi' } })).toMatchObject({
      status: 200,
      text: '1',
    });
    expect((await open.call('POST', connector, { json: {} })).status).toBe(400);
  });
});

describe('Zapier', () => {
  it('takes anything at the address of the account only', async () => {
    open = await openSandbox(sandboxDefinitions(), 'zapier');
    expect(await open.call('POST', open.values['hookUrl']!, { json: { a: 1 } })).toMatchObject({
      status: 200,
      json: { status: 'success' },
    });
    expect((await open.call('POST', 'https://hooks.zapier.com/hooks/catch/1/x/', { json: {} })).status).toBe(
      404,
    );
  });
});
