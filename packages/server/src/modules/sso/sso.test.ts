import {
  checkSsoDomain as checkSsoDomainOperation,
  deleteSso as deleteSsoOperation,
  saveSso as saveSsoOperation,
} from '@trunkline/contract/sso';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshForMs } from '../../authorize.ts';
import { openIdClient, startOpenIdServer } from '../../testing/openid-server.ts';
import type { OpenIdBrowser, OpenIdServer } from '../../testing/openid-server.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { startTestHttp } from '../../testing/test-http.ts';
import type { Answer, TestHttp } from '../../testing/test-http.ts';
import { SsoDomains } from '../../workers/sso-domains.ts';
import { inviteMember } from '../access/invite-member.ts';
import { removeMember } from '../access/remove-member.ts';
import { confirmTotp } from '../account/confirm-totp.ts';
import { startTotp } from '../account/start-totp.ts';
import { totpCode, totpStep } from '../../identity/totp.ts';
import { clientAddressHeader } from '../../identity/client.ts';
import { addMember } from '../../identity/organizations.ts';
import { listAlerts } from '../alerts/list-alerts.ts';
import { sweepAlerts } from '../alerts/sweep-alerts.ts';
import { checkSsoDomain } from './check-sso-domain.ts';
import { deleteSso } from './delete-sso.ts';
import { getSso } from './get-sso.ts';
import { saveSso } from './save-sso.ts';
import { startSso } from './start-sso.ts';
import { testSso } from './test-sso.ts';

let test: TestApp;
let http: TestHttp;
let provider: OpenIdServer;
let works: TestOrganization;
let domain: string;
let slug: string;
let count = 0;
/** The DNS of these tests, and what it says of names it does not have. */
const records = new Map<string, string[]>();
let failure = 'ENOTFOUND';

beforeAll(async () => {
  for (const method of ['info', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
  test = await createTestApp({
    resolveTxt: (name) => {
      const values = records.get(name);
      return values
        ? Promise.resolve(values)
        : Promise.reject(Object.assign(new Error('none'), { code: failure }));
    },
  });
  http = await startTestHttp(test.app);
  provider = await startOpenIdServer('http://trunkline.test/api/sso/callback');
});
beforeEach(async () => {
  // The domain of the people that tests make; one organization at a time has it.
  await test.app.pool.query(`DELETE FROM sso_domains WHERE domain = 'example.com'`);
  works = await test.createOrganization();
  domain = `works${++count}.example`;
  const { signInUrl } = await getSso(test.as('viewer', works), {});
  slug = new URL(signInUrl).searchParams.get('organization')!;
});
afterAll(async () => {
  await http?.close();
  await provider?.close();
  await test?.close();
});

const settings = (changed: Partial<Parameters<typeof saveSso>[1]> = {}) => ({
  issuer: provider.issuer,
  ...openIdClient,
  domains: [domain],
  defaultRole: 'viewer' as const,
  required: false,
  ...changed,
});

/** The provider with domains that are proved. */
async function setUp(changed: Parameters<typeof settings>[0] = {}, organization = works) {
  const saved = await saveSso(test.as('system_admin', organization), settings(changed));
  for (const one of saved.domains) await prove(one, organization);
  return saved;
}

async function prove(name: string, organization = works) {
  const ctx = test.as('system_admin', organization);
  const found = (await getSso(ctx, {})).domains.find((one) => one.domain === name);
  if (found) records.set(found.recordName, ['v=spf1 -all', found.recordValue]);
  return checkSsoDomain(ctx, { domain: name });
}

/** A browser here: its cookies, whatever they are for. */
class Jar {
  readonly cookies = new Map<string, string>();
  async get(path: string): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await http.call('GET', path, { headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  }
  async session() {
    const answer = await this.get('/api/trpc/access.getSession');
    type Shown = {
      user: { id: string; email: string; name: string } | null;
      role: string;
      missing: string | null;
    };
    return (answer.json as { result: { data: Shown & { organizations: { id: string }[] } } }).result.data;
  }
  async call(procedure: string, body: unknown): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return http.call('POST', `/api/trpc/${procedure}`, { headers: { cookie }, body });
  }
}

const pathOf = (url: string): string => url.slice(new URL(url).origin.length);

/** Goes all the way; gives where the browser lands in the end. */
async function go(jar: Jar, login: string, query: string, browser: OpenIdBrowser = provider.browser()) {
  const begun = await jar.get(`/api/sso/start?${query}`);
  const to = begun.headers.get('location') ?? '';
  if (!to.startsWith(provider.issuer)) return to;
  const back = await browser.signIn(to, login);
  const done = await jar.get(pathOf(back));
  return done.headers.get('location');
}

function person(email: string, changed: object = {}): string {
  const login = `sub-${++count}`;
  provider.people.set(login, { email, email_verified: true, name: 'Nora Field', ...changed });
  return login;
}

const codeOf = (answer: Answer): unknown =>
  (answer.json as { error?: { data?: { problem?: { code?: unknown } } } }).error?.data?.problem?.code ?? 'ok';

describe('the settings', () => {
  it('are saved once the provider has answered, without showing the secret again', async () => {
    expect(await setUp()).toEqual({
      issuer: provider.issuer,
      clientId: openIdClient.clientId,
      domains: [domain],
      defaultRole: 'viewer',
      required: false,
    });
    const { rows } = await test.app.pool.query(
      `SELECT (SELECT json_agg(c) FROM sso_connections c)::text || (SELECT json_agg(a) FROM audit_log a)::text AS t`,
    );
    expect(JSON.stringify(rows)).not.toContain(openIdClient.clientSecret);
    const shown = await getSso(test.as('viewer', works), {});
    expect(shown.callbackUrl).toBe('http://trunkline.test/api/sso/callback');
    expect(JSON.stringify(shown)).not.toContain('ecret');
    expect(await testSso(test.as('system_admin', works), { issuer: provider.issuer })).toMatchObject({
      pkce: true,
    });
  });

  it('refuse what is no provider, at the field, and without a secret', async () => {
    const refused = await refusalOf(setUp({ issuer: 'http://127.0.0.1:9' }));
    expect([refused.code, refused.errors?.[0]?.pointer]).toEqual(['connection_failed', '/issuer']);
    expect((await refusalOf(setUp({ issuer: 'http://10.0.0.1' }))).code).toBe('connection_failed');
    const { clientSecret: _, ...bare } = settings();
    const none = await refusalOf(saveSso(test.as('system_admin', works), bare));
    expect(none.errors?.[0]?.pointer).toBe('/clientSecret');
    await setUp();
    expect(await saveSso(test.as('system_admin', works), bare)).toMatchObject({ domains: [domain] });
  });

  it('are for system administrators', async () => {
    await expectRefusals(test, works, saveSsoOperation, (ctx) => saveSso(ctx, settings()));
    await expectRefusals(test, works, deleteSsoOperation, (ctx) => deleteSso(ctx, {}));
    await expectRefusals(test, works, checkSsoDomainOperation, (ctx) => checkSsoDomain(ctx, { domain }));
  });
});

describe('a domain', () => {
  const start = async (query: string) =>
    (await http.call('GET', `/api/sso/start?${query}`)).headers.get('location') ?? '';
  const shown = async (organization = works) =>
    (await getSso(test.as('viewer', organization), {})).domains.find((one) => one.domain === domain);

  it('leads nowhere until a record proves it; the sign-in link works without', async () => {
    await saveSso(test.as('system_admin', works), settings());
    expect(await start(`email=nora@${domain}`)).toContain('sso=unknown');
    expect(await start(`organization=${slug}`)).toContain(provider.issuer);
    expect(await shown()).toMatchObject({
      provedAt: null,
      recordName: `_trunkline.${domain}`,
      recordValue: expect.stringMatching(/^trunkline-domain=[0-9a-f]{32}$/) as string,
    });
    const check = () => checkSsoDomain(test.as('system_admin', works), { domain });
    expect((await check()).problem).toBe(
      `There is no TXT record _trunkline.${domain} yet. A new one can take some time to be seen.`,
    );
    records.set(`_trunkline.${domain}`, ['trunkline-domain=of somebody else']);
    expect((await check()).problem).toBe(`The TXT record _trunkline.${domain} has another value.`);
    records.delete(`_trunkline.${domain}`);
    failure = 'ETIMEOUT';
    expect((await check()).problem).toBe('The name server of the domain does not answer (ETIMEOUT).');
    failure = 'ENOTFOUND';
    expect(await start(`email=nora@${domain}`)).toContain('sso=unknown');

    expect(await prove(domain)).toMatchObject({
      provedAt: new Date(test.time.now).toISOString(),
      problem: null,
    });
    expect(await start(`email=nora@${domain}`)).toContain(provider.issuer);
    const { rows } = await test.app.pool.query<{ changes: unknown }>(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'sso.domain_proved'`,
      [works.id],
    );
    expect(rows).toEqual([{ changes: { domain: { before: null, after: domain } } }]);
  });

  it('stays proved for now when the settings are saved again or the record goes, not when it is taken out', async () => {
    await setUp();
    records.delete(`_trunkline.${domain}`);
    await saveSso(test.as('system_admin', works), settings());
    expect(await checkSsoDomain(test.as('system_admin', works), { domain })).toMatchObject({
      provedAt: new Date(test.time.now).toISOString(),
      problem: expect.stringContaining('no TXT record') as string,
    });
    await saveSso(test.as('system_admin', works), settings({ domains: [] }));
    await saveSso(test.as('system_admin', works), settings());
    expect(await shown()).toMatchObject({ provedAt: null });
  });

  const dayMs = 86_400_000;
  const round = () => new SsoDomains(test.app).run();
  const audited = async () => {
    const { rows } = await test.app.pool.query<{ action: string; by: string }>(
      `SELECT action, actor_type AS by FROM audit_log
       WHERE organization_id = $1 AND action LIKE 'sso.domain%' ORDER BY sequence`,
      [works.id],
    );
    return rows.map(({ action, by }) => `${action} by ${by}`);
  };
  const alert = async () => {
    await sweepAlerts(test.app);
    const { data } = await listAlerts(test.as('viewer', works), { limit: 10, snoozed: 'include' });
    return data.map(({ rule, state, title, cause }) => [rule, state, title, cause]);
  };

  it('is looked for every day, and leads nowhere three days after its record has gone, until it is back', async () => {
    await setUp();
    const leads = async () => (await start(`email=nora@${domain}`)).startsWith(provider.issuer);
    test.time.advance(dayMs - 1);
    const name = `_trunkline.${domain}`;
    const value = records.get(name)!;
    records.delete(name);
    await round();
    expect(await shown()).toMatchObject({ missingSince: null, problem: null });
    test.time.advance(1);
    await round();
    const gone = test.time.now;
    const iso = (at: number) => new Date(at).toISOString();
    const reason = `There is no TXT record ${name} any more.`;
    expect(await shown()).toMatchObject({
      provedAt: iso(gone - dayMs),
      checkedAt: iso(gone),
      missingSince: iso(gone),
      lapsesAt: iso(gone + 3 * dayMs),
      lapsedAt: null,
      problem: reason,
    });
    const told = ['sso_domain_unproved', 'open', `The proof of ${domain} is gone`, reason];
    expect([await leads(), await alert()]).toEqual([true, [told]]);
    // Every hour now, until the three days are over.
    test.time.advance(3 * dayMs - 3_600_000);
    await round();
    expect([await leads(), (await shown())?.checkedAt]).toEqual([true, iso(test.time.now)]);
    test.time.advance(3_600_000);
    await round();
    expect(await leads()).toBe(false);
    expect(await shown()).toMatchObject({
      provedAt: null,
      missingSince: iso(gone),
      lapsesAt: null,
      lapsedAt: iso(test.time.now),
    });
    expect(await alert()).toEqual([told]);
    // The settings may be saved meanwhile: it stays what it is.
    await saveSso(test.as('system_admin', works), settings());
    records.set(name, value);
    test.time.advance(dayMs);
    await round();
    expect(await leads()).toBe(true);
    expect(await shown()).toMatchObject({ provedAt: iso(test.time.now), missingSince: null, lapsedAt: null });
    expect(await alert()).toEqual([[told[0], 'resolved', ...told.slice(2)]]);
    expect(await audited()).toEqual([
      'sso.domain_proved by user',
      'sso.domain_proof_missing by system',
      'sso.domain_lapsed by system',
      'sso.domain_proved by system',
    ]);
  });

  it('keeps its proof while its name server does not answer, and gets it back at once when asked for', async () => {
    await setUp();
    const name = `_trunkline.${domain}`;
    const value = records.get(name)!;
    const check = () => checkSsoDomain(test.as('system_admin', works), { domain });
    records.delete(name);
    failure = 'ESERVFAIL';
    test.time.advance(10 * dayMs);
    await round();
    expect(await shown()).toMatchObject({
      provedAt: expect.any(String) as string,
      missingSince: null,
      problem: 'The name server of the domain does not answer (ESERVFAIL).',
    });
    failure = 'ENOTFOUND';
    await check();
    failure = 'ESERVFAIL';
    test.time.advance(4 * dayMs);
    await round();
    // It may be back: nobody knows.
    expect(await shown()).toMatchObject({
      provedAt: expect.any(String) as string,
      missingSince: expect.any(String) as string,
    });
    failure = 'ENOTFOUND';
    records.set(name, value);
    expect(await check()).toMatchObject({ missingSince: null, lapsesAt: null, problem: null });
    expect(await audited()).toEqual([
      'sso.domain_proved by user',
      'sso.domain_proof_missing by user',
      'sso.domain_proved by user',
    ]);
  });

  it('that has lapsed can be proved by another organization, which the first does not get back', async () => {
    await setUp();
    const name = `_trunkline.${domain}`;
    const value = records.get(name)!;
    records.delete(name);
    for (const days of [1, 3]) {
      test.time.advance(days * dayMs);
      await round();
    }
    const other = await test.createOrganization();
    await saveSso(test.as('system_admin', other), settings());
    expect(await prove(domain, other)).toMatchObject({ provedAt: expect.any(String) as string });
    records.set(name, [...records.get(name)!, ...value]);
    test.time.advance(dayMs);
    await round();
    expect(await shown()).toMatchObject({
      provedAt: null,
      lapsedAt: expect.any(String) as string,
      problem: 'Another organization of this installation has proved this domain.',
    });
    expect(await shown(other)).toMatchObject({ missingSince: null, problem: null });
  });

  it('may be named by several organizations, and proved by one', async () => {
    await setUp();
    const other = await test.createOrganization();
    await saveSso(test.as('system_admin', other), settings());
    expect((await shown(other))?.recordValue).not.toBe((await shown())?.recordValue);
    expect(await prove(domain, other)).toMatchObject({
      provedAt: null,
      problem: 'Another organization of this installation has proved this domain.',
    });
    expect(await shown()).toMatchObject({ provedAt: expect.any(String) as string });
    const unnamed = checkSsoDomain(test.as('system_admin', other), { domain: 'unnamed.example' });
    expect((await refusalOf(unnamed)).code).toBe('not_found');
  });

  it('may be asked for only so often from one network', async () => {
    await setUp();
    const from = (address: string) =>
      startSso(
        { ...test.anonymous({ [clientAddressHeader]: address }) },
        { email: `nora@${domain}`, organization: null, returnPath: '/', anew: false },
      );
    for (let n = 0; n < 60; n += 1) expect(await from('192.0.2.9')).toHaveProperty('location');
    expect(await from('192.0.2.9')).toBe('too_many');
    expect(await from('192.0.2.10')).toHaveProperty('location');
    test.time.advance(15 * 60_000);
    expect(await from('192.0.2.9')).toHaveProperty('location');
  });
});

describe('signing in', () => {
  it('makes a member of somebody of the domain, whose address is verified, and knows them again', async () => {
    await setUp();
    const login = person(`nora@${domain}`);
    const jar = new Jar();
    expect(await go(jar, login, `email=nora@${domain}&from=/webhooks`)).toBe('/webhooks');
    const first = await jar.session();
    expect(first).toMatchObject({ user: { name: 'Nora Field', email: `nora@${domain}` }, role: 'viewer' });
    // Known by issuer and subject: another address does not matter any more.
    provider.people.set(login, { email: 'new@elsewhere.example', email_verified: false });
    const again = new Jar();
    await go(again, login, `organization=${slug}`);
    expect((await again.session()).user?.id).toBe(first.user?.id);
    const { rows } = await test.app.pool.query<{ action: string }>(
      'SELECT action FROM audit_log WHERE organization_id = $1 AND actor_id = $2 ORDER BY sequence',
      [works.id, first.user?.id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'member.joined',
      'member.signed_in',
      'member.signed_in',
    ]);
  });

  it('refuses an address that is not verified, of another domain, or that nobody was invited by', async () => {
    await setUp({ defaultRole: null });
    const at = `organization=${slug}`;
    const { email } = works.people.viewer;
    expect(await go(new Jar(), person(`a@${domain}`), at)).toBe('/sign-in?sso=not_invited');
    expect(await go(new Jar(), person(`b@${domain}`, { email_verified: false }), at)).toBe(
      '/sign-in?sso=unverified',
    );
    expect(await go(new Jar(), person(`b@${domain}`, { email_verified: 'true' }), at)).toBe(
      '/sign-in?sso=unverified',
    );
    // A member, but the organization does not answer for the domain.
    expect(await go(new Jar(), person(email), at)).toBe('/sign-in?sso=not_invited');
    await setUp({ domains: [domain, 'example.com'], defaultRole: null });
    const jar = new Jar();
    expect(await go(jar, person(email), at)).toBe('/');
    expect((await jar.session()).user?.id).toBe(works.people.viewer.id);
    expect(await go(new Jar(), person('x@nowhere.example'), 'email=x@nowhere.example')).toBe(
      '/sign-in?sso=unknown',
    );
  });

  it('uses up an invitation, with its role, whatever the domain', async () => {
    await setUp({ defaultRole: null });
    const email = `guest${count}@partner.example`;
    await inviteMember(test.as('system_admin', works), { email, role: 'utility_admin' });
    const jar = new Jar();
    expect(await go(jar, person(email), `organization=${slug}`)).toBe('/');
    expect(await jar.session()).toMatchObject({ role: 'utility_admin', user: { email } });
    const { rows } = await test.app.pool.query('SELECT accepted_at FROM invitations WHERE email = $1', [
      email,
    ]);
    expect(rows).toEqual([{ accepted_at: new Date(test.time.now) }]);
  });

  it('does not bring back who was removed', async () => {
    await setUp();
    const login = person(`gone@${domain}`);
    const jar = new Jar();
    await go(jar, login, `organization=${slug}`);
    const { user } = await jar.session();
    await removeMember(test.as('system_admin', works), { userId: user!.id });
    expect((await jar.session()).organizations).toEqual([]);
    expect(await go(new Jar(), login, `organization=${slug}`)).toBe('/sign-in?sso=not_invited');
  });

  it('takes an answer once, in the browser that asked, and only with its state', async () => {
    await setUp();
    const login = person(`ada@${domain}`);
    const begin = async (jar: Jar) => {
      const to = (await jar.get(`/api/sso/start?organization=${slug}`)).headers.get('location') ?? '';
      return pathOf(await provider.browser().signIn(to, login));
    };
    const jar = new Jar();
    const back = await begin(jar);
    expect((await new Jar().get(back)).headers.get('location')).toBe('/sign-in?sso=expired');
    expect((await jar.get(back)).headers.get('location')).toBe('/sign-in?sso=expired');
    const second = new URL(await begin(jar), 'http://trunkline.test');
    second.searchParams.set('state', 'another');
    expect((await jar.get(second.pathname + second.search)).headers.get('location')).toBe(
      '/sign-in?sso=expired',
    );
    const third = new URL(await begin(jar), 'http://trunkline.test');
    third.searchParams.set('iss', 'https://evil.example');
    expect((await jar.get(third.pathname + third.search)).headers.get('location')).toBe(
      '/sign-in?sso=provider',
    );
    const late = await begin(jar);
    test.time.advance(11 * 60_000);
    expect((await jar.get(late)).headers.get('location')).toBe('/sign-in?sso=expired');
    test.time.advance(-11 * 60_000);
    expect((await jar.session()).user).toBeNull();
  });

  it('checks the nonce, and the secret of the client', async () => {
    await setUp();
    const login = person(`eve@${domain}`);
    const jar = new Jar();
    const to = (await jar.get(`/api/sso/start?organization=${slug}`)).headers.get('location') ?? '';
    await test.app.pool.query(`UPDATE sso_attempts SET nonce = 'another'`);
    const back = pathOf(await provider.browser().signIn(to, login));
    expect((await jar.get(back)).headers.get('location')).toBe('/sign-in?sso=provider');
    await setUp({ clientSecret: 'not the secret' });
    expect(await go(new Jar(), login, `organization=${slug}`)).toBe('/sign-in?sso=provider');
  });

  it('goes back to paths of ours only', async () => {
    await setUp();
    const login = person(`back@${domain}`);
    for (const from of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      expect(await go(new Jar(), login, `organization=${slug}&from=${encodeURIComponent(from)}`)).toBe('/');
    }
  });
});

describe('a session that came from an identity provider', () => {
  /** A member of two organizations, one of which has a provider that says who they are. */
  async function inTwo() {
    const other = await test.createOrganization();
    const { viewer } = works.people;
    await addMember(test.app.pool, {
      id: test.app.newId(),
      organizationId: other.id,
      userId: viewer.id,
      role: 'system_admin',
    });
    await setUp({ domains: ['example.com'] });
    const jar = new Jar();
    await go(jar, person(viewer.email), `organization=${slug}`);
    return { other, viewer, jar };
  }

  it('works in its organization alone, and cannot change the account', async () => {
    const { other, viewer, jar } = await inTwo();
    const password = await test.signedIn(viewer);
    const session = await jar.session();
    expect([session.user?.id, session.organizations.map(({ id }) => id)]).toEqual([viewer.id, [works.id]]);
    const refused = async (procedure: string, body: object) => codeOf(await jar.call(procedure, body));
    expect(await refused('access.switchOrganization', { organizationId: other.id })).toBe('not_found');
    for (const procedure of [
      'account.startTotp',
      'account.removeTotp',
      'account.startPasskey',
      'account.makeRecoveryCodes',
    ]) {
      expect([procedure, await refused(procedure, {})]).toEqual([procedure, 'forbidden']);
    }
    expect(await refused('account.updateProfile', { name: 'Mallory' })).toBe('forbidden');
    const change = { currentPassword: testPassword, newPassword: 'another long password' };
    expect(await refused('account.changePassword', change)).toBe('forbidden');
    expect(await refused('account.confirmTotp', { code: '123456' })).toBe('forbidden');
    // It neither sees nor ends what the person does elsewhere.
    const shown = await jar.get('/api/trpc/account.listSessions');
    expect((shown.json as { result: { data: { sessions: unknown[] } } }).result.data.sessions).toHaveLength(
      1,
    );
    expect(codeOf(await jar.call('account.endOtherSessions', {}))).toBe('ok');
    expect(await test.app.identity.authenticate(password.request.headers)).not.toBeNull();
  });

  it('ends when the provider is removed', async () => {
    const { jar } = await inTwo();
    await deleteSso(test.as('system_admin', works), {});
    expect((await jar.session()).user).toBeNull();
    expect((await getSso(test.as('viewer', works), {})).connection).toBeNull();
  });

  it('proves anew who one is at the provider, by entering the password there again', async () => {
    await setUp({ defaultRole: 'system_admin' });
    const login = person(`sam@${domain}`);
    const [jar, browser] = [new Jar(), provider.browser()];
    await go(jar, login, `organization=${slug}`, browser);
    const act = () => jar.call('account.saveSignInPolicy', { secondFactor: 'nobody' });
    const { rows } = await test.app.pool.query<{ id: string }>(
      `UPDATE sessions SET fresh_at = $2 WHERE sso_organization_id = $1 RETURNING id`,
      [works.id, new Date(test.time.now - freshForMs - 1)],
    );
    expect(rows).toHaveLength(1);
    expect(codeOf(await act())).toBe('reauthentication_required');
    const needs = async () =>
      (
        await test.app.pool.query<{ at: Date }>('SELECT fresh_at AS at FROM sessions WHERE id = $1', [
          rows[0]!.id,
        ])
      ).rows[0]!.at;
    const before = await needs();
    expect(await go(jar, person(`other@${domain}`), 'anew=1')).toBe('/sso/confirmed?failure=other_person');
    expect(await needs()).toEqual(before);
    test.time.now = Date.now() + 120_000;
    const asked = (await jar.get('/api/sso/start?anew=1')).headers.get('location') ?? '';
    expect(new URL(asked).searchParams.get('prompt')).toBe('login');
    // A provider that answers from the session it has, without asking again.
    const lazy = new URL(asked);
    lazy.searchParams.delete('prompt');
    lazy.searchParams.set('max_age', '600');
    const back = pathOf(await browser.signIn(lazy.href, login));
    expect((await jar.get(back)).headers.get('location')).toBe('/sso/confirmed?failure=not_anew');
    expect(await needs()).toEqual(before);
    test.time.now = Date.now();
    expect(await go(jar, login, 'anew=1', browser)).toBe('/sso/confirmed');
    expect((await needs()).getTime()).toBe(test.time.now);
    expect(codeOf(await act())).toBe('ok');
  });
});

describe('an organization that requires its provider', () => {
  it('can be left by a system administrator with a second factor alone', async () => {
    const administrator = await test.signedIn(works.people.system_admin);
    const viewer = await http.signIn(works.people.viewer);
    expect((await refusalOf(saveSso(administrator, settings({ required: true })))).code).toBe('conflict');
    const { secret } = await startTotp(administrator, {});
    await confirmTotp(administrator, { code: totpCode(secret, totpStep(test.time.now)) });
    await saveSso(administrator, settings({ required: true }));
    const list = (cookie: string) =>
      http.call('GET', '/api/trpc/access.listMembers', { headers: { cookie } });
    expect(codeOf(await list(viewer.cookie))).toBe('sso_required');
    expect(codeOf(await list(administrator.request.headers.get('cookie') ?? ''))).toBe('ok');
    // Another administrator is led to a second factor, not locked out.
    const second = await test.createPerson();
    await addMember(test.app.pool, {
      id: test.app.newId(),
      organizationId: works.id,
      userId: second.id,
      role: 'system_admin',
    });
    expect(codeOf(await list((await http.signIn(second)).cookie))).toBe('second_factor_required');
    const jar = new Jar();
    await go(jar, person(`in@${domain}`), `organization=${slug}`);
    expect((await jar.session()).missing).toBeNull();
    expect(codeOf(await jar.get('/api/trpc/access.listMembers'))).toBe('ok');
  });
});
