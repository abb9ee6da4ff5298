import { request } from 'node:http';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions() });
});
afterAll(() => sandbox.close());

/** Fetch sets these headers itself; a page of somebody else cannot leave them out either. */
function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${sandbox.url}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const put = (slug: string, condition: unknown, headers: Record<string, string> = {}) =>
  ask('PUT', `/control/providers/${slug}`, { ...json, ...headers }, JSON.stringify({ condition }));

describe('the control API', () => {
  it('lists every provider with its condition', async () => {
    const { data } = JSON.parse((await ask('GET', '/control/providers')).text) as {
      data: { slug: string; condition: string }[];
    };
    expect(data).toHaveLength(64);
    expect(data.every(({ condition }) => condition === 'healthy')).toBe(true);
  });

  it('sets a condition, and only one that there is', async () => {
    expect((await put('slack', 'down')).status).toBe(200);
    expect(sandbox.condition('slack')).toBe('down');
    expect((await put('slack', 'healthy')).status).toBe(200);
    expect((await put('slack', 'broken')).status).toBe(400);
    expect((await put('nobody', 'down')).status).toBe(404);
    expect((await ask('PUT', '/control/providers/slack', {}, '{"condition":"down"}')).status).toBe(400);
    expect((await ask('DELETE', '/control/providers/slack')).status).toBe(405);
    expect(sandbox.condition('slack')).toBe('healthy');
  });

  it('shows calls without their secrets', async () => {
    const { values } = sandbox.account('telegram');
    const token = values['botToken']!;
    await fetch(sandbox.reroute('telegram', `https://api.telegram.org/bot${token}/getMe`));
    const { apiKey } = sandbox.account('sendgrid').values;
    const url = sandbox.reroute('sendgrid', `https://api.sendgrid.com/v3/scopes?api_key=${apiKey}`);
    await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
    const telegram = await ask('GET', '/control/providers/telegram/traffic');
    const sendgrid = await ask('GET', '/control/providers/sendgrid/traffic');
    expect(telegram.text).not.toContain(token);
    expect(telegram.text).toContain(`bot••••${token.slice(-4)}/getMe`);
    expect(sendgrid.text).not.toContain(apiKey);
    const [call] = (JSON.parse(sendgrid.text) as { data: object[] }).data;
    expect(call).toMatchObject({
      status: 200,
      credentials: `authorization: Bearer ••••${apiKey!.slice(-4)}`,
    });
  });

  it('gives the credentials that work, and what was sent', async () => {
    const { text } = await ask('GET', '/control/providers/sendgrid');
    const { credentials, webhookEvents } = JSON.parse(text) as {
      credentials: { key: string; value: string }[];
      webhookEvents: string[];
    };
    expect(Object.fromEntries(credentials.map(({ key, value }) => [key, value]))).toEqual(
      sandbox.account('sendgrid').values,
    );
    expect(webhookEvents).toContain('bounce');
    expect((await ask('GET', '/control/providers/sendgrid/sent')).text).toBe('{"data":[]}');
  });

  it('sends a webhook, or says why not', async () => {
    const send = (input: object) =>
      ask('POST', '/control/providers/stripe/webhook', json, JSON.stringify(input));
    const own = `${sandbox.url}/at/zapier/https/hooks.zapier.com/x`;
    expect(JSON.parse((await send({ url: own })).text)).toMatchObject({
      event: 'invoice.payment_failed',
      status: 410,
    });
    expect(await send({ url: 'https://example.com/' })).toMatchObject({
      status: 422,
      text: expect.stringContaining('this machine'),
    });
    expect(await send({ url: 'http://127.0.0.1:9/' })).toMatchObject({
      status: 422,
      text: 'Nobody answers there.\n',
    });
    expect((await send({})).status).toBe(400);
  });

  it('commands the authorization server', async () => {
    const command = (slug: string, input: object) =>
      ask('POST', `/control/providers/${slug}/oauth`, json, JSON.stringify(input));
    expect(
      (await command('slack', { action: 'allowRedirect', redirectUri: 'http://127.0.0.1:3000/cb' })).status,
    ).toBe(200);
    expect(sandbox.oauth.client('slack').redirectUris).toContain('http://127.0.0.1:3000/cb');
    expect((await command('slack', { action: 'expireTokens' })).status).toBe(200);
    expect((await command('slack', { action: 'allowRedirect' })).status).toBe(400);
    expect((await command('slack', { action: 'explode' })).status).toBe(400);
    expect((await command('sendgrid', { action: 'expireTokens' })).status).toBe(422);
  });
});

describe('against other web pages', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a name that was pointed here', { host: 'evil.example' }],
  ])('refuses %s', async (_, headers) => {
    expect((await put('slack', 'down', headers)).status).toBe(403);
    expect((await ask('GET', '/control/providers/slack', headers)).status).toBe(403);
    expect(sandbox.condition('slack')).toBe('healthy');
  });

  it('lets its own page in', async () => {
    const headers = { origin: sandbox.url, 'sec-fetch-site': 'same-origin' };
    expect((await put('slack', 'healthy', headers)).status).toBe(200);
  });

  it('runs no script of what providers answer', async () => {
    const response = await fetch(sandbox.reroute('slack', 'https://slack.com/api/auth.test'), {
      method: 'POST',
    });
    expect(response.headers.get('content-security-policy')).toBe('sandbox');
  });
});

describe('the page', () => {
  it('needs nothing from elsewhere', async () => {
    const response = await fetch(sandbox.url);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="(?!data:,)/);
    expect(page.replaceAll('http://127.0.0.1:3000/webhooks/…', '')).not.toMatch(/https?:\/\//);
  });
});
