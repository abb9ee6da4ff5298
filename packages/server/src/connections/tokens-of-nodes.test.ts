import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey } from '../lib/secret-box.ts';
import { createSigner } from '../lib/signer.ts';
import { startTypeScript } from '../testing/child.ts';
import type { TestChild } from '../testing/child.ts';
import { eventually } from '../testing/eventually.ts';
import { startFlow } from '../testing/oauth-flow.ts';
import type { OAuthFlow } from '../testing/oauth-flow.ts';
import { startSandboxOAuth } from '../testing/sandbox-oauth.ts';
import type { SandboxOAuth } from '../testing/sandbox-oauth.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

/* Tokens of one integration that real processes ask for at once, from a server that rotates and revokes on reuse. */

const program = new URL('../testing/sandbox-token-callers.ts', import.meta.url);
const masterKey = randomBytes(32).toString('hex');
const leaseSeconds = 5;

let sandbox: SandboxOAuth;
let test: TestApp;
let http: TestHttp;
let works: TestOrganization;
let flow: OAuthFlow;
const children: TestChild[] = [];

beforeAll(async () => {
  sandbox = await startSandboxOAuth();
  const keys = { current: parseMasterKey(masterKey) };
  // What the processes of the program seal and sign with.
  const secretBox = createSecretBox(keys);
  const signer = createSigner(keys, 'trunkline audit log');
  test = await createTestApp({ reroute: sandbox.reroute, secretBox, signer, clock: Date.now });
  http = await startTestHttp(test.app);
  works = await test.createOrganization('Works');
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await http?.close();
  await test?.close();
  await sandbox?.close();
});
beforeEach(async () => {
  flow = await startFlow(test, http, sandbox, works, 'zoom');
  await flow.connect();
  sandbox.calls.length = 0;
  await test.database.pool.query('UPDATE oauth_tokens SET expires_at = now() WHERE integration_id = $1', [
    flow.integrationId,
  ]);
});

/** A process that is ready to ask with this many callers. */
async function node(callers: number): Promise<TestChild> {
  const child = startTypeScript(program, [sandbox.url, works.id, flow.integrationId, String(callers)], {
    ...test.database.env,
    TRUNKLINE_SECRET_KEY: masterKey,
    TRUNKLINE_LEASE_SECONDS: String(leaseSeconds),
    TRUNKLINE_EGRESS_ALLOW: '127.0.0.1',
  });
  children.push(child);
  expect(await child.nextLine()).toBe('ready');
  return child;
}

const begin = (...nodes: TestChild[]) => {
  for (const { process } of nodes) process.kill('SIGUSR2');
};
const outcome = async (child: TestChild) => JSON.parse(await child.nextLine()) as string[];
const refreshes = () => sandbox.calls.filter(({ body }) => body.includes('grant_type=refresh_token'));

describe('several processes', () => {
  it('with fifty callers each make exactly one exchange', async () => {
    const nodes = await Promise.all([node(50), node(50)]);
    begin(...nodes);
    const [one, two] = await Promise.all(nodes.map(outcome));
    expect(one).toHaveLength(1);
    expect(two).toEqual(one);
    expect(sandbox.oauth.tokenOf('zoom', one![0]!)).toMatchObject({ active: true });
    expect(refreshes()).toHaveLength(1);
    expect(sandbox.oauth.counters('zoom').reuseDetected).toBe(0);
  }, 60_000);

  it('take over after the lease of one that was killed while it renewed', async () => {
    const [doomed, heir] = await Promise.all([node(50), node(50)]);
    sandbox.ignoreNext();
    begin(doomed);
    await eventually(() => expect(refreshes()).toHaveLength(1));
    await doomed.kill();
    const killed = performance.now();
    begin(heir);
    const tokens = await outcome(heir);
    expect(performance.now() - killed).toBeLessThan((leaseSeconds + 8) * 1000);
    expect(tokens).toHaveLength(1);
    expect(sandbox.oauth.tokenOf('zoom', tokens[0]!)).toMatchObject({ active: true });
    expect(refreshes()).toHaveLength(2);
    const { rows } = await test.database.pool.query(
      'SELECT version, ended_at, lease_owner FROM oauth_tokens WHERE integration_id = $1',
      [flow.integrationId],
    );
    expect(rows).toEqual([{ version: 2, ended_at: null, lease_owner: null }]);
  }, 60_000);

  it('all learn that a person is needed when the answer of a killed one is lost', async () => {
    const [doomed, heir] = await Promise.all([node(50), node(50)]);
    sandbox.oauth.loseNextAnswer('zoom');
    begin(doomed);
    await eventually(() => expect(refreshes().length).toBeGreaterThan(0));
    await doomed.kill();
    begin(heir);
    expect(await outcome(heir)).toEqual(['fault: reauth']);
    expect(refreshes().length).toBeLessThanOrEqual(3);
    expect(await flow.status()).toMatchObject({ needsReauthentication: true });
  }, 60_000);
});
