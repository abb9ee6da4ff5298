import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { startServers } from '@trunkline/sandbox/servers';
import type { SandboxServers } from '@trunkline/sandbox/servers';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from './sandbox-definitions.ts';

let sandbox: Sandbox;
let servers: SandboxServers;
beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions() });
  servers = await startServers(sandbox);
});
afterAll(async () => {
  await servers.close();
  await sandbox.close();
});

interface Listed {
  slug: string;
  condition: string;
  method: string;
  url: string;
  outcome: string;
  good: boolean;
  id: string;
  data: object;
}

async function ask(path: string, method = 'GET', body?: object): Promise<{ status: number; data: Listed[] }> {
  const response = await fetch(`${sandbox.url}/control/providers${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text.startsWith('{') ? (JSON.parse(text) as { data?: Listed[] }) : {};
  return { status: response.status, data: answer.data ?? [] };
}

/** Sends a mail as a client does that was led here for `smtp.example.com`. */
function send(password = sandbox.account('smtp').values['password']!): Promise<unknown> {
  const { hostname, port } = new URL(sandbox.reroute('smtp', 'smtp://smtp.example.com:587'));
  return nodemailer
    .createTransport({
      host: hostname,
      port: Number(port),
      auth: { user: 'apikey', pass: password },
      tls: { ca: servers.mail.ca },
    })
    .sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'Hello', text: 'Good day.' });
}

const visits = async (slug: string) => (await ask(`/${slug}/traffic`)).data;

describe('the servers of the sandbox', () => {
  it('stand first in the list', async () => {
    const { data } = await ask('');
    expect(data.slice(0, 2)).toMatchObject([
      { slug: 'mail-server', condition: 'healthy' },
      { slug: 'file-server', condition: 'healthy' },
    ]);
  });

  it('show who came, never with what', async () => {
    await send();
    const shown = await visits('mail-server');
    expect(shown.map(({ method, url, outcome }) => `${method} ${url} ${outcome}`).slice(0, 4)).toEqual([
      expect.stringMatching(/^DATA \d+ bytes 250$/),
      'RCPT b@example.com 250',
      'AUTH apikey 235',
      'CONNECT starttls 220',
    ]);
    expect(JSON.stringify(shown)).not.toContain(sandbox.account('smtp').values['password']);
    const sent = await ask('/mail-server/sent');
    expect(sent.data[0]?.data).toMatchObject({ to: ['b@example.com'] });
  });

  it.each([
    ['wrongPassword', 'AUTH apikey', '535'],
    ['greylisting', 'RCPT b@example.com', '451'],
    ['mailboxRefused', 'RCPT b@example.com', '550'],
  ])('play %s on command', async (condition, what, result) => {
    expect((await ask('/mail-server', 'PUT', { condition })).status).toBe(200);
    await expect(send()).rejects.toThrow();
    const [latest] = await visits('mail-server');
    expect([`${latest?.method} ${latest?.url}`, latest?.outcome, latest?.good]).toEqual([
      what,
      result,
      false,
    ]);
    await ask('/mail-server', 'PUT', { condition: 'healthy' });
  });

  it('know no other conditions, and no commands of providers', async () => {
    expect((await ask('/file-server', 'PUT', { condition: 'flaky' })).status).toBe(400);
    expect((await ask('/mail-server/files', 'POST', { path: '/a', content: '' })).status).toBe(404);
    expect((await ask('/mail-server/webhook', 'POST', {})).status).toBe(404);
    expect((await ask('/slack/files', 'POST', { path: '/a', content: '' })).status).toBe(404);
    expect((await ask('/file-server', 'DELETE')).status).toBe(405);
  });

  it('take a file as from the partner', async () => {
    expect(
      (await ask('/file-server/files', 'POST', { path: '/new/answer.txt', content: 'Yes.' })).status,
    ).toBe(200);
    expect((await ask('/file-server/files', 'POST', { path: '/new/', content: '' })).status).toBe(400);
    const { data } = await ask('/file-server/sent');
    expect(data[0]).toMatchObject({ id: '/new/answer.txt', data: { bytes: 4, content: 'Yes.' } });
  });
});
