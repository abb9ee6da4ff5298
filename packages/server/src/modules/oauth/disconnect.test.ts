import * as contract from '@trunkline/contract/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disconnectOAuth } from './disconnect-oauth.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import { freshToken } from '../../connections/tokens.ts';
import type { OAuthFlow } from '../../testing/oauth-flow.ts';
import { startOAuthWorld } from '../../testing/oauth-world.ts';
import type { OAuthWorld } from '../../testing/oauth-world.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';

let world: OAuthWorld;
let sandbox: OAuthWorld['sandbox'];
let test: OAuthWorld['test'];
let works: OAuthWorld['works'];

beforeAll(async () => {
  world = await startOAuthWorld();
  ({ sandbox, test, works } = world);
});
afterAll(() => world?.close());

async function connected(provider: string): Promise<{ flow: OAuthFlow; accessToken: string }> {
  const flow = await world.flowOf(provider);
  await flow.connect();
  const { accessToken } = await freshToken(test.app, works.id, flow.integrationId);
  return { flow, accessToken };
}

const disconnect = ({ integrationId }: OAuthFlow) =>
  disconnectOAuth(test.as('system_admin', works), { integrationId });

describe('disconnecting', () => {
  it('is for those who may', async () => {
    const { flow } = await connected('zoom');
    await expectRefusals(test, works, contract.disconnectOAuth, (ctx) =>
      disconnectOAuth(ctx, { integrationId: flow.integrationId }),
    );
  });

  // By RFC 7009 with either authentication; by the token itself; by the app's key; without any.
  it.each(['zoom', 'hubspot', 'slack', 'github', 'zendesk', 'stripe-connect', 'gmail', 'salesforce'])(
    '%s: the revocation arrives, and nothing is left here',
    async (provider) => {
      const { flow, accessToken } = await connected(provider);
      expect(sandbox.oauth.tokenOf(provider, accessToken)).toMatchObject({ active: true });
      const outcome = await disconnect(flow);
      expect(outcome.revoked).toBe(true);
      expect(outcome.detail).toMatch(/confirmed that the access has ended\.$/);
      expect(sandbox.oauth.tokenOf(provider, accessToken)).toMatchObject({ active: false });
      const { rows } = await test.database.pool.query(
        `SELECT t.version, i.connected_at, i.account, h.problem, isfinite(h.check_due_at) AS due
         FROM integrations i JOIN integration_health h ON h.integration_id = i.id
         LEFT JOIN oauth_tokens t ON t.integration_id = i.id WHERE i.id = $1`,
        [flow.integrationId],
      );
      expect(rows).toEqual([{ version: null, connected_at: null, account: null, problem: null, due: false }]);
      const audit = await test.database.pool.query(
        `SELECT changes -> 'revokedAtProvider' -> 'after' AS revoked FROM audit_log
         WHERE target_id = $1 AND action = 'integration.authorization_revoked'`,
        [flow.integrationId],
      );
      expect(audit.rows).toEqual([{ revoked: true }]);
      await expect(freshToken(test.app, works.id, flow.integrationId)).rejects.toBeInstanceOf(
        ConnectionFault,
      );
      // And back again.
      await flow.connect();
      expect(await flow.status()).toMatchObject({ connected: true });
    },
  );

  it('says what is left to do where the provider cannot be told', async () => {
    const { flow } = await connected('microsoft-365');
    expect(await disconnect(flow)).toEqual({
      revoked: null,
      detail:
        'Microsoft 365 (Outlook) offers no way to end the access from here. Remove the app there yourself, where Microsoft 365 (Outlook) lists the apps of an account.',
    });
    expect(await flow.status()).toMatchObject({ connected: false, canRevoke: false });
  });

  it('deletes ours also when the provider does not answer', async () => {
    const { flow } = await connected('zoom');
    const ctx = test.as('system_admin', works);
    const app = { ...test.app, reroute: () => 'http://127.0.0.1:9/' };
    const outcome = await disconnectOAuth({ ...ctx, app }, { integrationId: flow.integrationId });
    expect(outcome.revoked).toBe(false);
    expect(outcome.detail).toMatch(/^Our tokens are deleted, but Zoom did not answer/);
    expect(await flow.status()).toMatchObject({ connected: false });
  });

  it('has nothing to revoke before anybody connected, and is not for clients without a person', async () => {
    const flow = await world.flowOf('zoom');
    expect(await disconnect(flow)).toMatchObject({ revoked: null });
    const machine = await test.database.pool.query<{ id: string }>(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, created_at, updated_at)
       VALUES (gen_random_uuid(), $1, 'auth0', 'Auth0', 'client_credentials', now(), now()) RETURNING id`,
      [works.id],
    );
    const work = disconnectOAuth(test.as('system_admin', works), { integrationId: machine.rows[0]!.id });
    expect((await refusalOf(work)).code).toBe('conflict');
  });
});
