import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionFault } from './connection-fault.ts';
import { freshToken } from './tokens.ts';
import type { App } from '../ctx.ts';
import { pendingIntegration } from '../testing/oauth-integrations.ts';
import type { OAuthFlow } from '../testing/oauth-flow.ts';
import { startOAuthWorld } from '../testing/oauth-world.ts';
import type { OAuthWorld } from '../testing/oauth-world.ts';
import { TokenRefresh } from '../workers/token-refresh.ts';

/* Zoom rotates its refresh tokens and revokes the grant on reuse; Google does not rotate; Slack has none. */

const minuteMs = 60_000;

let world: OAuthWorld;
let sandbox: OAuthWorld['sandbox'];
let test: OAuthWorld['test'];
let works: OAuthWorld['works'];

beforeAll(async () => {
  world = await startOAuthWorld();
  ({ sandbox, test, works } = world);
});
afterAll(() => world?.close());
beforeEach(() => {
  sandbox.calls.length = 0;
});
afterEach(async () => {
  await test.database.pool.query('UPDATE integrations SET enabled = false');
});

async function connected(provider: string): Promise<OAuthFlow> {
  const flow = await world.flowOf(provider);
  await flow.connect();
  sandbox.calls.length = 0;
  return flow;
}

const fresh = (flow: { integrationId: string }, refused?: string, app: App = test.app) =>
  freshToken(app, works.id, flow.integrationId, refused === undefined ? {} : { refused });
const faultOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectionFault)) throw new Error('expected a fault', { cause: error });
  return error.problem;
};
const tokenCalls = (grant: string) =>
  sandbox.calls.filter(({ body }) => body.includes(`grant_type=${grant}`));
const row = async (flow: { integrationId: string }) => {
  const { rows } = await test.database.pool.query<Record<string, unknown>>(
    `SELECT version, ended_at, lease_owner, expires_at, refresh_sent_version FROM oauth_tokens WHERE integration_id = $1`,
    [flow.integrationId],
  );
  return rows[0]!;
};
/** Another node: the same database and provider, nothing else in common. */
const otherNode = (): App => ({ ...test.app });

describe('a token', () => {
  it('is given as it is while it lasts, and renewed with less than a minute left', async () => {
    const flow = await connected('zoom');
    const first = await fresh(flow);
    test.time.advance(58 * minuteMs);
    expect(await fresh(flow)).toEqual(first);
    expect(sandbox.calls).toEqual([]);
    test.time.advance(1.5 * minuteMs);
    const second = await fresh(flow);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.expiresAt!.getTime()).toBe(test.time.now + 60 * minuteMs);
    expect(sandbox.oauth.tokenOf('zoom', second.accessToken)).toMatchObject({ active: true });
    expect(await row(flow)).toMatchObject({ version: 2, lease_owner: null, refresh_sent_version: null });
  });

  it('is renewed once for many callers on two nodes', async () => {
    const flow = await connected('zoom');
    test.time.advance(61 * minuteMs);
    const nodes = [test.app, otherNode()];
    const callers = Array.from({ length: 100 }, (_, index) => fresh(flow, undefined, nodes[index % 2]));
    const tokens = new Set((await Promise.all(callers)).map(({ accessToken }) => accessToken));
    expect(tokens.size).toBe(1);
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    expect(await row(flow)).toMatchObject({ version: 2, ended_at: null });
  });

  it('that the provider refused is replaced, unless somebody did already', async () => {
    const flow = await connected('zoom');
    const { accessToken: refused } = await fresh(flow);
    sandbox.oauth.expireTokens('zoom');
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => fresh(flow, refused)),
      ...Array.from({ length: 5 }, () => fresh(flow, refused, otherNode())),
    ]);
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(answers[0]!.accessToken).not.toBe(refused);
    expect((await fresh(flow, refused)).accessToken).toBe(answers[0]!.accessToken);
    expect(tokenCalls('refresh_token')).toHaveLength(1);
  });

  it('without anything to renew it is over when the provider refuses it, and may recover', async () => {
    const flow = await connected('slack');
    const { accessToken } = await fresh(flow);
    expect(await faultOf(fresh(flow, accessToken))).toMatchObject({ fault: 'reauth', fix: 'Reconnect.' });
    expect((await fresh(flow)).accessToken).toBe(accessToken);
    expect(sandbox.calls).toEqual([]);
  });

  it('for the client itself is asked for on demand, once, and again when it is refused', async () => {
    const { clientId, clientSecret } = sandbox.oauth.client('auth0');
    const integrationId = await pendingIntegration(test.app, works.id, 'auth0', {
      authType: 'client_credentials',
      plain: { domain: 'acme.eu.auth0.com', clientId, audience: 'https://acme.eu.auth0.com/api/v2/' },
      secrets: { clientSecret },
    });
    const flow = { integrationId };
    const tokens = await Promise.all([fresh(flow), fresh(flow), fresh(flow, undefined, otherNode())]);
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(tokenCalls('client_credentials')).toHaveLength(1);
    const body = new URLSearchParams(tokenCalls('client_credentials')[0]?.body);
    expect(body.get('audience')).toBe('https://acme.eu.auth0.com/api/v2/');
    const next = await fresh(flow, tokens[0].accessToken);
    expect(next.accessToken).not.toBe(tokens[0].accessToken);
    expect(tokenCalls('client_credentials')).toHaveLength(2);
  });

  it('for the client itself is not given for a wrong secret, and nothing has ended', async () => {
    const { clientId } = sandbox.oauth.client('auth0');
    const integrationId = await pendingIntegration(test.app, works.id, 'auth0', {
      authType: 'client_credentials',
      plain: { domain: 'acme.eu.auth0.com', clientId, audience: 'https://acme.eu.auth0.com/api/v2/' },
      secrets: { clientSecret: 'wrong' },
    });
    const problem = await faultOf(fresh({ integrationId }));
    expect(problem).toMatchObject({ fault: 'config' });
    expect(JSON.stringify(problem)).not.toContain('wrong"');
    expect(await row({ integrationId })).toMatchObject({ ended_at: null, lease_owner: null });
  });

  it('of an integration that nobody has connected is not there', async () => {
    const flow = await world.flowOf('zoom');
    expect(await faultOf(fresh(flow))).toMatchObject({ fault: 'reauth', title: 'Not connected' });
  });
});

describe('a provider that says it is over', () => {
  it('makes the integration need a new consent: once, with everything else kept', async () => {
    const flow = await connected('zoom');
    await test.database.pool.query('UPDATE integrations SET enabled = true WHERE id = $1', [
      flow.integrationId,
    ]);
    sandbox.oauth.revokeAll('zoom');
    test.time.advance(61 * minuteMs);
    const problems = await Promise.all([faultOf(fresh(flow)), faultOf(fresh(flow, undefined, otherNode()))]);
    for (const problem of problems) expect(problem).toMatchObject({ fault: 'reauth', fix: 'Reconnect.' });
    expect(await faultOf(fresh(flow))).toMatchObject({ fault: 'reauth' });
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    expect(await flow.status()).toMatchObject({
      connected: true,
      needsReauthentication: true,
      autoRefresh: false,
    });
    const { rows } = await test.database.pool.query(
      `SELECT h.problem ->> 'fault' AS fault, i.connected_at IS NOT NULL AS connected FROM integrations i
       JOIN integration_health h ON h.integration_id = i.id WHERE i.id = $1`,
      [flow.integrationId],
    );
    expect(rows).toEqual([{ fault: 'reauth', connected: true }]);
    const audit = await test.database.pool.query(
      `SELECT actor_type FROM audit_log WHERE target_id = $1 AND action = 'integration.reauthentication_required'`,
      [flow.integrationId],
    );
    expect(audit.rows).toEqual([{ actor_type: 'system' }]);
    const told = await test.database.pool.query(
      `SELECT FROM own_events
       WHERE type = 'integration.reauthentication_required' AND data ->> 'integrationId' = $1`,
      [flow.integrationId],
    );
    expect(told.rowCount).toBe(1);
    // One click brings it back.
    await flow.connect();
    expect(await flow.status()).toMatchObject({ connected: true, needsReauthentication: false });
    expect((await fresh(flow)).accessToken).toBeTruthy();
  });

  it('is not believed when somebody else has a newer token', async () => {
    const flow = await connected('zoom');
    test.time.advance(61 * minuteMs);
    sandbox.oauth.nextTokenFails('zoom', 'invalid_grant');
    // While the refusal is on its way, a person connects again.
    sandbox.duringNext(() =>
      test.database.pool.query(
        'UPDATE oauth_tokens SET version = version + 1, expires_at = $2 WHERE integration_id = $1',
        [flow.integrationId, new Date(test.time.now + 60 * minuteMs)],
      ),
    );
    expect((await fresh(flow)).accessToken).toBeTruthy();
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    expect(await row(flow)).toMatchObject({ version: 2, ended_at: null, lease_owner: null });
  });
});

describe('an answer that is lost on the way', () => {
  it('is asked for once more, and then a person is needed; never a loop', async () => {
    const flow = await connected('zoom');
    test.time.advance(61 * minuteMs);
    sandbox.oauth.loseNextAnswer('zoom');
    expect(await faultOf(fresh(flow))).toMatchObject({ fault: 'reauth' });
    expect(tokenCalls('refresh_token')).toHaveLength(2);
    await Promise.all([faultOf(fresh(flow)), faultOf(fresh(flow, undefined, otherNode()))]);
    expect(tokenCalls('refresh_token')).toHaveLength(2);
    expect(sandbox.oauth.counters('zoom').reuseDetected).toBe(1);
  });

  it('does no harm where refresh tokens can be used again', async () => {
    const flow = await connected('gmail');
    test.time.advance(61 * minuteMs);
    sandbox.oauth.loseNextAnswer('gmail');
    expect((await fresh(flow)).accessToken).toBeTruthy();
    expect(tokenCalls('refresh_token')).toHaveLength(2);
    expect(await row(flow)).toMatchObject({ ended_at: null, version: 2 });
  });
});

describe('a provider in trouble', () => {
  it('is asked twice, and the token from before serves as long as it lasts', async () => {
    const flow = await connected('zoom');
    const before = await fresh(flow);
    test.time.advance(59.5 * minuteMs);
    sandbox.oauth.nextTokenFails('zoom', 'temporarily_unavailable');
    expect(await fresh(flow)).toEqual(before);
    test.time.advance(minuteMs);
    sandbox.oauth.nextTokenFails('zoom', 'temporarily_unavailable');
    expect((await fresh(flow)).accessToken).not.toBe(before.accessToken);
    expect(await row(flow)).toMatchObject({ ended_at: null, version: 2 });
  });

  it('that cannot be reached is told as such, and nothing has ended', async () => {
    const flow = await connected('zoom');
    test.time.advance(61 * minuteMs);
    const app = { ...test.app, reroute: () => 'http://127.0.0.1:9/' };
    expect(await faultOf(fresh(flow, undefined, app))).toMatchObject({ fault: 'down' });
    expect(await row(flow)).toMatchObject({ ended_at: null, lease_owner: null, refresh_sent_version: null });
    expect((await fresh(flow)).accessToken).toBeTruthy();
  });
});

describe('the worker', () => {
  const due = async (flow: OAuthFlow) =>
    test.database.pool.query('UPDATE integrations SET enabled = true WHERE id = $1', [flow.integrationId]);

  it('renews ahead of the end, once, whatever the number of nodes', async () => {
    const flow = await connected('zoom');
    await due(flow);
    const nodes = [new TokenRefresh(test.app), new TokenRefresh(otherNode())];
    const round = () => Promise.all(nodes.map((node) => node.run()));
    await round();
    expect(tokenCalls('refresh_token')).toHaveLength(0);
    test.time.advance(56 * minuteMs);
    await round();
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    await round();
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    expect(await row(flow)).toMatchObject({ version: 2 });
  });

  it('leaves alone what is switched off, has ended or cannot be renewed', async () => {
    const off = await connected('zoom');
    await test.database.pool.query('UPDATE integrations SET enabled = false WHERE id = $1', [
      off.integrationId,
    ]);
    const slack = await connected('slack');
    await due(slack);
    test.time.advance(59 * minuteMs);
    sandbox.calls.length = 0;
    await new TokenRefresh(test.app).run();
    expect(sandbox.calls).toEqual([]);
  });

  it('does not lose a good token over one lost answer, and waits before it asks again', async () => {
    const flow = await connected('gmail');
    await due(flow);
    test.time.advance(56 * minuteMs);
    sandbox.oauth.loseNextAnswer('gmail');
    const worker = new TokenRefresh(test.app);
    await worker.run();
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    await worker.run();
    expect(tokenCalls('refresh_token')).toHaveLength(1);
    expect(await row(flow)).toMatchObject({ ended_at: null, version: 1 });
    expect((await fresh(flow)).accessToken).toBeTruthy();
  });

  it('removes attempts a day after their end', async () => {
    const flow = await world.flowOf('zoom');
    const { attemptId } = await flow.initiate();
    const left = async () =>
      (await test.database.pool.query('SELECT 1 FROM oauth_attempts WHERE id = $1', [attemptId])).rowCount;
    test.time.advance(24 * 60 * minuteMs);
    await new TokenRefresh(test.app).run();
    expect(await left()).toBe(1);
    test.time.advance(11 * minuteMs);
    await new TokenRefresh(test.app).run();
    expect(await left()).toBe(0);
  });
});
