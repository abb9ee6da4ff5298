import { startTotp as startTotpOperation } from '@trunkline/contract/account';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshForMs } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { clientAddressHeader } from '../../identity/client.ts';
import { totpCode, totpStep } from '../../identity/totp.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createSoftPasskey } from '../../testing/soft-passkey.ts';
import { cookieOf, createTestApp, testPassword } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization, TestPerson } from '../../testing/test-app.ts';
import { acceptInvitation } from '../access/accept-invitation.ts';
import { finishSignIn } from '../access/finish-sign-in.ts';
import { getSession } from '../access/get-session.ts';
import { inviteMember } from '../access/invite-member.ts';
import { listMembers } from '../access/list-members.ts';
import { reauthenticate } from '../access/reauthenticate.ts';
import { signInWithPasskey } from '../access/sign-in-with-passkey.ts';
import { signIn } from '../access/sign-in.ts';
import { startPasskeySignIn } from '../access/start-passkey-sign-in.ts';
import { startReauthentication } from '../access/start-reauthentication.ts';
import { confirmTotp } from './confirm-totp.ts';
import { finishPasskey } from './finish-passkey.ts';
import { getAccount } from './get-account.ts';
import { getSignInPolicy } from './get-sign-in-policy.ts';
import { makeRecoveryCodes } from './make-recovery-codes.ts';
import { removePasskey } from './remove-passkey.ts';
import { removeTotp } from './remove-totp.ts';
import { renamePasskey } from './rename-passkey.ts';
import { saveSignInPolicy } from './save-sign-in-policy.ts';
import { startPasskey } from './start-passkey.ts';
import { startTotp } from './start-totp.ts';

const party = { origin: 'http://trunkline.test', rpId: 'trunkline.test' };

let test: TestApp;
let works: TestOrganization;
let person: TestPerson;
let ctx: Ctx;

beforeAll(async () => {
  test = await createTestApp();
});
beforeEach(async () => {
  test.time.advance(60_000);
  works = await test.createOrganization();
  person = works.people.utility_admin;
  ctx = await test.signedIn(person);
});
afterAll(() => test.close());

const codeNow = (secret: string, steps = 0): string => totpCode(secret, totpStep(test.time.now) + steps);

/** An authenticator app in use, with its recovery codes. The code of this step is used up. */
async function withTotp(by: Ctx = ctx): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret } = await startTotp(by, {});
  const { recoveryCodes } = await confirmTotp(by, { code: codeNow(secret) });
  return { secret, recoveryCodes: recoveryCodes ?? [] };
}

async function withPasskey(by: Ctx = ctx) {
  const key = createSoftPasskey(party);
  const { token, options } = await startPasskey(by, {});
  const made = await finishPasskey(by, { token, name: 'Laptop', passkey: key.create(options) });
  return { key, ...made };
}

/** The first step; its token and what it offers. */
async function passwordStep() {
  const before = test.anonymous();
  const view = await signIn(before, { email: person.email, password: testPassword });
  expect([view.user, before.cookies]).toEqual([null, []]);
  if (!view.secondFactor) throw new Error('no second factor was asked for');
  return view.secondFactor;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => (await refusalOf(work)).code;

async function isSignedIn(by: Ctx): Promise<boolean> {
  const cookie = cookieOf(by.cookies);
  return (await test.app.identity.authenticate(new Headers({ cookie })))?.userId === person.id;
}

async function actions(): Promise<string[]> {
  const { rows } = await test.app.pool.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE organization_id = $1 AND actor_id = $2 ORDER BY sequence',
    [works.id, person.id],
  );
  return rows.map(({ action }) => action);
}

describe('an authenticator app', () => {
  it('counts once its first code has come, and brings recovery codes', async () => {
    const { secret, uri } = await startTotp(ctx, {});
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect(
      (await signIn(test.anonymous(), { email: person.email, password: testPassword })).user,
    ).not.toBeNull();
    expect(await codeOf(confirmTotp(ctx, { code: codeNow(secret, 5) }))).toBe('wrong_code');
    const { recoveryCodes } = await confirmTotp(ctx, { code: codeNow(secret) });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await getAccount(ctx, {})).toMatchObject({
      totpSince: new Date(test.time.now).toISOString(),
      recoveryCodesLeft: 10,
    });
    expect(await actions()).toContain('member.second_factor_added');
  });

  it('ends the sessions that began without it', async () => {
    const other = await test.signedIn(person);
    await withTotp();
    expect(await test.app.identity.authenticate(other.request.headers)).toBeNull();
    expect(await test.app.identity.authenticate(ctx.request.headers)).not.toBeNull();
  });

  it('keeps no secret in the open', async () => {
    const { secret, recoveryCodes } = await withTotp();
    const { rows } = await test.app.pool.query(
      `SELECT (SELECT json_agg(f) FROM totp_factors f)::text || (SELECT json_agg(c) FROM recovery_codes c)::text
         || (SELECT json_agg(a) FROM audit_log a)::text AS all_of_it`,
    );
    const text = JSON.stringify(rows);
    expect(text).toContain('secret_box');
    for (const hidden of [secret, Buffer.from(secret).toString('hex'), ...recoveryCodes]) {
      expect(text).not.toContain(hidden);
    }
  });

  it('is set up only by somebody who has just proved who they are', async () => {
    const stale = { ...ctx, actor: { ...ctx.actor, freshAt: test.time.now - freshForMs - 1 } } as Ctx;
    for (const verb of [startTotp, removeTotp, makeRecoveryCodes, startPasskey]) {
      expect(await codeOf(verb(stale, {}))).toBe('reauthentication_required');
    }
    expect(startTotpOperation.people).toBe(true);
  });

  it('goes on until another one has shown its code', async () => {
    const { secret } = await withTotp();
    test.time.advance(30_000);
    const { secret: next } = await startTotp(ctx, {});
    const step = await passwordStep();
    await finishSignIn(test.anonymous(), { token: step.token, proof: { code: codeNow(secret) } });
    expect((await confirmTotp(ctx, { code: codeNow(next) })).recoveryCodes).toBeNull();
    test.time.advance(30_000);
    const second = await passwordStep();
    const by = (code: string) => finishSignIn(test.anonymous(), { token: second.token, proof: { code } });
    expect(await codeOf(by(codeNow(secret)))).toBe('wrong_code');
    expect((await by(codeNow(next))).user?.id).toBe(person.id);
  });

  it('goes, and the recovery codes with it', async () => {
    await withTotp();
    await removeTotp(ctx, {});
    expect(await getAccount(ctx, {})).toMatchObject({ totpSince: null, recoveryCodesLeft: 0 });
    expect(await codeOf(removeTotp(ctx, {}))).toBe('not_found');
    const view = await signIn(test.anonymous(), { email: person.email, password: testPassword });
    expect(view).toMatchObject({ user: { id: person.id }, secondFactor: null });
    expect(await actions()).toContain('member.second_factor_removed');
  });
});

describe('signing in in two steps', () => {
  it('says which factors there are only after the right password', async () => {
    await withTotp();
    const wrong = await refusalOf(
      signIn(test.anonymous(), { email: person.email, password: 'not this one' }),
    );
    const nobody = await refusalOf(
      signIn(test.anonymous(), { email: 'no@example.com', password: 'not this one' }),
    );
    expect([wrong.code, wrong.message]).toEqual([nobody.code, nobody.message]);
    expect((await passwordStep()).methods).toEqual(['totp', 'recovery_code']);
  });

  it('takes each code once, also of two at the same time', async () => {
    const { secret } = await withTotp();
    const used = codeNow(secret);
    const first = await passwordStep();
    const enter = (token: string, code: string, by = test.anonymous()) =>
      finishSignIn(by, { token, proof: { code } });
    expect(await codeOf(enter(first.token, used))).toBe('wrong_code');
    test.time.advance(30_000);
    const second = await passwordStep();
    const both = [test.anonymous(), test.anonymous()];
    const results = await Promise.allSettled([
      enter(first.token, codeNow(secret), both[0]),
      enter(second.token, codeNow(secret), both[1]),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = both[results.findIndex(({ status }) => status === 'fulfilled')]!;
    expect(await isSignedIn(winner)).toBe(true);
    expect(both.flatMap(({ cookies }) => cookies)).toHaveLength(1);
  });

  it('has a new session under a new token, and ends the one the browser had', async () => {
    const { secret } = await withTotp();
    test.time.advance(30_000);
    const { token } = await passwordStep();
    const planted = ctx.request.headers.get('cookie') ?? '';
    const by = test.anonymous({ cookie: planted });
    await finishSignIn(by, { token, proof: { code: codeNow(secret) } });
    expect(cookieOf(by.cookies)).not.toBe(planted);
    expect(await isSignedIn(by)).toBe(true);
    expect(await test.app.identity.authenticate(ctx.request.headers)).toBeNull();
  });

  it('is over after five minutes, and counts once', async () => {
    const { secret } = await withTotp();
    const late = await passwordStep();
    test.time.advance(5 * 60_000);
    const by = (token: string) => finishSignIn(test.anonymous(), { token, proof: { code: codeNow(secret) } });
    expect(await codeOf(by(late.token))).toBe('sign_in_step_over');
    const { token } = await passwordStep();
    await by(token);
    test.time.advance(30_000);
    expect(await codeOf(by(token))).toBe('sign_in_step_over');
  });

  it('locks after five wrong codes, also for the right one and for a new step', async () => {
    const { secret, recoveryCodes } = await withTotp();
    test.time.advance(30_000);
    const { token } = await passwordStep();
    const by = (code: string, step = token) =>
      finishSignIn(test.anonymous(), { token: step, proof: { code } });
    for (let n = 0; n < 5; n += 1) expect(await codeOf(by('000000x'))).toBe('wrong_code');
    expect(await codeOf(by(codeNow(secret)))).toBe('too_many_sign_ins');
    const again = await passwordStep();
    expect(await codeOf(by(recoveryCodes[0]!, again.token))).toBe('too_many_sign_ins');
    test.time.advance(16 * 60_000);
    expect((await by(codeNow(secret), (await passwordStep()).token)).user?.id).toBe(person.id);
  });

  it('takes a recovery code once, however it is typed, and tells the organization', async () => {
    const { recoveryCodes } = await withTotp();
    const [code = ''] = recoveryCodes;
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const by = async (text: string) =>
      finishSignIn(test.anonymous(), { token: (await passwordStep()).token, proof: { code: text } });
    expect((await by(typed)).user?.id).toBe(person.id);
    expect(await codeOf(by(code))).toBe('wrong_code');
    expect((await getAccount(ctx, {})).recoveryCodesLeft).toBe(9);
    expect(await actions()).toContain('member.recovery_code_used');
    const { recoveryCodes: next } = await makeRecoveryCodes(ctx, {});
    expect(await codeOf(by(recoveryCodes[1]!))).toBe('wrong_code');
    expect((await by(next[0]!)).user?.id).toBe(person.id);
  });

  it('is asked of somebody who joins another organization too', async () => {
    const { secret } = await withTotp();
    test.time.advance(30_000);
    const other = await test.createOrganization();
    const { url } = await inviteMember(test.as('system_admin', other), {
      email: person.email,
      role: 'viewer',
    });
    const by = test.anonymous();
    const token = url.split('/').at(-1)!;
    const view = await acceptInvitation(by, { token, password: testPassword });
    expect([view.user, by.cookies]).toEqual([null, []]);
    const entered = await finishSignIn(test.anonymous(), {
      token: view.secondFactor!.token,
      proof: { code: codeNow(secret) },
    });
    expect(entered.organizations.map(({ id }) => id)).toContain(other.id);
  });
});

describe('a passkey', () => {
  it('is added, renamed and removed by its owner alone', async () => {
    const { passkey, recoveryCodes } = await withPasskey();
    expect(recoveryCodes).toHaveLength(10);
    const stranger = await test.signedIn(works.people.viewer);
    expect(await codeOf(renamePasskey(stranger, { id: passkey.id, name: 'Mine' }))).toBe('not_found');
    expect(await codeOf(removePasskey(stranger, { id: passkey.id }))).toBe('not_found');
    expect((await renamePasskey(ctx, { id: passkey.id, name: 'Blue key' })).name).toBe('Blue key');
    expect((await getAccount(ctx, {})).passkeys).toMatchObject([{ name: 'Blue key', lastUsedAt: null }]);
    await removePasskey(ctx, { id: passkey.id });
    expect(await getAccount(ctx, {})).toMatchObject({ passkeys: [], recoveryCodesLeft: 0 });
  });

  it('signs in alone, without e-mail and password', async () => {
    const { key } = await withPasskey();
    const { token, options } = await startPasskeySignIn(test.anonymous(), {});
    expect(options).toMatchObject({ rpId: party.rpId, userVerification: 'required' });
    const by = test.anonymous();
    const view = await signInWithPasskey(by, { token, passkey: key.answer(options) });
    expect(view.user?.id).toBe(person.id);
    expect(await isSignedIn(by)).toBe(true);
    const again = signInWithPasskey(test.anonymous(), { token, passkey: key.answer(options) });
    expect(await codeOf(again)).toBe('sign_in_step_over');
  });

  it('never goes on with the session that the browser had', async () => {
    const { key } = await withPasskey();
    const planted = await test.signedIn(await test.createPerson());
    const cookie = planted.request.headers.get('cookie') ?? '';
    const { token, options } = await startPasskeySignIn(test.anonymous(), {});
    const by = test.anonymous({ cookie });
    await signInWithPasskey(by, { token, passkey: key.answer(options) });
    expect(by.cookies.join()).not.toContain(cookie);
    expect(await test.app.identity.authenticate(planted.request.headers)).toBeNull();
  });

  it('is begun only so often from one network; what leads to a session does not count', async () => {
    const { key } = await withPasskey();
    const from = (address: string) => test.anonymous({ [clientAddressHeader]: address });
    const start = () => startPasskeySignIn(from('192.0.2.20'), {});
    for (let n = 0; n < 59; n += 1) await start();
    const { token, options } = await start();
    expect(await codeOf(start())).toBe('too_many_sign_ins');
    expect((await startPasskeySignIn(from('192.0.2.21'), {})).token).not.toBe('');
    await signInWithPasskey(from('192.0.2.20'), { token, passkey: key.answer(options) });
    await start();
    expect(await codeOf(start())).toBe('too_many_sign_ins');
    test.time.advance(15 * 60_000);
    await start();
  });

  it('is refused for another challenge, address or person, unverified, removed, or copied', async () => {
    const { key, passkey } = await withPasskey();
    const attempt = async (answer: (options: Record<string, unknown>) => ReturnType<typeof key.answer>) => {
      const { token, options } = await startPasskeySignIn(test.anonymous(), {});
      return codeOf(signInWithPasskey(test.anonymous(), { token, passkey: answer(options) }));
    };
    const { options: old } = await startPasskeySignIn(test.anonymous(), {});
    expect(await attempt(() => key.answer(old))).toBe('wrong_code');
    expect(await attempt((options) => key.answer(options, { origin: 'https://evil.example' }))).toBe(
      'wrong_code',
    );
    expect(await attempt((options) => key.answer(options, { rpId: 'evil.example' }))).toBe('wrong_code');
    expect(await attempt((options) => key.answer(options, { verified: false }))).toBe('wrong_code');
    expect(await attempt((options) => ({ ...createSoftPasskey(party).answer(options), id: key.id }))).toBe(
      'wrong_code',
    );
    key.rewind();
    expect(await attempt((options) => key.answer(options))).toBe('wrong_code');
    await removePasskey(ctx, { id: passkey.id });
    expect(await attempt((options) => key.answer(options))).toBe('wrong_code');
  });

  it('cannot be added with another origin, a used step, or for somebody else', async () => {
    const key = createSoftPasskey(party);
    const first = await startPasskey(ctx, {});
    const elsewhere = key.create(first.options, { origin: 'https://evil.example' });
    const add = (by: Ctx, token: string, passkey: ReturnType<typeof key.create>) =>
      finishPasskey(by, { token, name: 'Laptop', passkey });
    expect(await codeOf(add(ctx, first.token, elsewhere))).toBe('wrong_code');
    expect(await codeOf(add(ctx, first.token, key.create(first.options)))).toBe('sign_in_step_over');
    const second = await startPasskey(ctx, {});
    const stranger = await test.signedIn(works.people.viewer);
    expect(await codeOf(add(stranger, second.token, key.create(second.options)))).toBe('sign_in_step_over');
    const third = await startPasskey(ctx, {});
    await add(ctx, third.token, key.create(third.options));
    const fourth = await startPasskey(stranger, {});
    expect(await codeOf(add(stranger, fourth.token, key.create(fourth.options)))).toBe('conflict');
  });

  it('is a second factor after the password', async () => {
    const { key } = await withPasskey();
    const { token, methods, passkey } = await passwordStep();
    expect(methods).toEqual(['passkey', 'recovery_code']);
    const by = test.anonymous();
    await finishSignIn(by, { token, proof: { passkey: key.answer(passkey!) } });
    expect(await isSignedIn(by)).toBe(true);
  });
});

describe('proving again who one is', () => {
  const staleSession = async () => {
    const found = await test.app.identity.authenticate(ctx.request.headers);
    return found !== null && test.time.now - found.freshAt > freshForMs;
  };

  it('works by a code, which counts once, and by a passkey', async () => {
    const { secret } = await withTotp();
    const { key } = await withPasskey();
    test.time.advance(freshForMs + 1);
    expect(await staleSession()).toBe(true);
    const ways = await startReauthentication(ctx, {});
    expect(ways).toMatchObject({ password: true, totp: true });
    const code = codeNow(secret);
    await reauthenticate(ctx, { code });
    expect(await staleSession()).toBe(false);
    expect(await codeOf(reauthenticate(ctx, { code }))).toBe('wrong_code');
    test.time.advance(freshForMs + 1);
    const { passkey } = await startReauthentication(ctx, {});
    await reauthenticate(ctx, { token: passkey!.token, passkey: key.answer(passkey!.options) });
    expect(await staleSession()).toBe(false);
  });

  it('is not done by somebody else’s passkey, or with a recovery code', async () => {
    const { recoveryCodes } = await withTotp();
    const other = await test.signedIn(works.people.viewer);
    const { key } = await withPasskey(other);
    await withPasskey();
    const { passkey } = await startReauthentication(ctx, {});
    const stolen = { token: passkey!.token, passkey: key.answer(passkey!.options) };
    expect(await codeOf(reauthenticate(ctx, stolen))).toBe('wrong_code');
    expect(await codeOf(reauthenticate(ctx, { code: recoveryCodes[0]! }))).toBe('wrong_code');
  });

  it('locks after five wrong codes', async () => {
    const { secret } = await withTotp();
    test.time.advance(30_000);
    for (let n = 0; n < 5; n += 1) await refusalOf(reauthenticate(ctx, { code: '12345x' }));
    expect(await codeOf(reauthenticate(ctx, { code: codeNow(secret) }))).toBe('too_many_sign_ins');
  });
});

describe('an organization that requires a second factor', () => {
  const ask = (secondFactor: 'nobody' | 'administrators' | 'everybody') =>
    saveSignInPolicy(test.as('system_admin', works), { secondFactor });

  /** The context that a request with this cookie gets. */
  async function contextOf(of: Ctx): Promise<Ctx> {
    const session = await test.app.identity.authenticate(of.request.headers);
    if (session === null || of.actor.type !== 'user') throw new Error('signed out');
    return { ...of, actor: { ...of.actor, freshAt: session.freshAt, missing: session.missing } };
  }

  it('opens nothing to members without one, but the way to set it up', async () => {
    await ask('everybody');
    const now = await contextOf(ctx);
    expect((await getSession(now, {})).missing).toBe('second_factor');
    expect(await codeOf(listMembers(now, {}))).toBe('second_factor_required');
    expect((await getAccount(now, {})).email).toBe(person.email);
    await withTotp(now);
    expect((await listMembers(await contextOf(ctx), {})).members).toHaveLength(3);
    expect(await actions()).toContain('member.second_factor_added');
  });

  it('can ask it of administrators alone', async () => {
    await ask('administrators');
    const viewer = await test.signedIn(works.people.viewer);
    expect((await contextOf(viewer)).actor).toMatchObject({ missing: null });
    expect((await contextOf(ctx)).actor).toMatchObject({ missing: 'second_factor' });
    await ask('nobody');
    expect((await contextOf(ctx)).actor).toMatchObject({ missing: null });
  });

  it('shows who lacks one, and is changed by system administrators alone', async () => {
    await withTotp();
    const { lacking, secondFactor } = await getSignInPolicy(test.as('viewer', works), {});
    expect(secondFactor).toBe('nobody');
    expect(lacking.map(({ userId }) => userId).sort()).toEqual(
      [works.people.system_admin.id, works.people.viewer.id].sort(),
    );
    expect(await codeOf(saveSignInPolicy(ctx, { secondFactor: 'everybody' }))).toBe('forbidden');
    await ask('everybody');
    const { rows } = await test.app.pool.query(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'sign_in_policy.saved'`,
      [works.id],
    );
    expect(rows).toEqual([{ changes: { secondFactor: { before: 'nobody', after: 'everybody' } } }]);
  });
});
