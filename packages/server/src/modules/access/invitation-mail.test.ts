import { startSmtpSimulator } from '@trunkline/sandbox/smtp';
import type { SmtpSimulator } from '@trunkline/sandbox/smtp';
import { resendInvitation as resendOperation } from '@trunkline/contract/access';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../config/env.ts';
import type { App } from '../../ctx.ts';
import { parseEgressAllow } from '../../lib/egress/allow-list.ts';
import { Dialer } from '../../lib/egress/tcp.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { InvitationMail } from '../../workers/invitation-mail.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { getInvitation } from './get-invitation.ts';
import { composeInvitation } from './invitation-message.ts';
import { inviteMember } from './invite-member.ts';
import { listMembers } from './list-members.ts';
import { resendInvitation } from './resend-invitation.ts';
import { revokeInvitation } from './revoke-invitation.ts';

const minute = 60_000;
let smtp: SmtpSimulator;
let test: TestApp;
let organization: TestOrganization;
let people = 0;

/** The test's app with the simulator as the mail server of the installation. */
function mailing(port = smtp.ports.tls): App {
  const config = readConfig({
    ...test.database.env,
    TRUNKLINE_PUBLIC_URL: 'http://trunkline.test',
    TRUNKLINE_SMTP_URL: `smtps://mailer:hush@127.0.0.1:${port}`,
    TRUNKLINE_MAIL_FROM: 'Trunkline <noreply@trunkline.test>',
  });
  return {
    ...test.app,
    config,
    dialer: new Dialer({ allow: parseEgressAllow('127.0.0.0/8'), ca: smtp.ca }),
  };
}

beforeAll(async () => {
  smtp = await startSmtpSimulator({
    authenticate: (user, password) => user === 'mailer' && password === 'hush',
  });
  test = await createTestApp();
});
afterAll(async () => {
  await test.close();
  await smtp.close();
});
beforeEach(async () => {
  await smtp.setCondition('healthy');
  organization = await test.createOrganization('Works <b>& "sons"</b>');
});

const admin = (app = mailing()) => ({ ...test.as('system_admin', organization), app });
const send = (app = mailing()) => new InvitationMail(app).run();
const messagesTo = (email: string) => smtp.messages().filter(({ to }) => to.includes(email));
const newEmail = () => `mailed${++people}@example.com`;
const mailOf = async (id: string) =>
  (await listMembers(admin(), {})).invitations.find((one) => one.id === id)?.mail;
const tokenIn = (source: string) =>
  /\/invite\/([\w-]{43})/.exec(source.replaceAll('=\r\n', '').replaceAll('=3D', '='))?.[1] ?? '';

async function invite(email: string) {
  const { invitation, url } = await inviteMember(admin(), { email, role: 'viewer' });
  return { id: invitation.id, token: url.split('/').at(-1) ?? '', mail: invitation.mail };
}

describe('an invitation by email', () => {
  it('goes out after it was made, with the link as text and as HTML, and lets in', async () => {
    const email = newEmail();
    const { id, token, mail } = await invite(email);
    expect(mail).toEqual({ state: 'waiting', sentAt: null, problem: null, nextTryAt: null });
    expect(messagesTo(email)).toEqual([]);
    await send();
    const [message] = messagesTo(email);
    expect(message?.source).toContain('From: Trunkline <noreply@trunkline.test>');
    expect(message?.source).toContain('Content-Type: text/plain');
    expect(message?.source).toContain('Content-Type: text/html');
    expect(tokenIn(message?.source ?? '')).toBe(token);
    expect(await mailOf(id)).toEqual({
      state: 'sent',
      sentAt: new Date(test.time.now).toISOString(),
      problem: null,
      nextTryAt: null,
    });
    await send();
    expect(messagesTo(email)).toHaveLength(1);
    const { rows } = await test.database.pool.query('SELECT token_box FROM invitations WHERE id = $1', [id]);
    expect(rows).toEqual([{ token_box: null }]);
    const guest = test.anonymous();
    await acceptInvitation(guest, { token, name: 'Noor', password: 'a password of some length' });
    expect((await listMembers(admin(), {})).members.map((one) => one.email)).toContain(email);
  });

  it('stays text, whatever names hold', () => {
    const { subject, text, html } = composeInvitation({
      inviter: 'Eve\r\nBcc: all@example.com',
      organization: '<script>alert(1)</script>',
      brand: 'Trunkline',
      role: 'viewer',
      url: 'http://trunkline.test/invite/abc',
      expiresAt: new Date('2026-12-05T10:30:00Z'),
    });
    expect(subject).toBe(
      'Eve Bcc: all@example.com invites you to join <script>alert(1)</script> on Trunkline',
    );
    expect(text).toContain('once, until 2026-12-05 10:30 UTC:\n\nhttp://trunkline.test/invite/abc\n');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('<script>');
  });

  it('is not lost when the mail server fails: it is tried again, later each time', async () => {
    const email = newEmail();
    const { id } = await invite(email);
    await smtp.setCondition('down');
    await send();
    const first = await mailOf(id);
    expect(first).toMatchObject({
      state: 'waiting',
      nextTryAt: new Date(test.time.now + minute).toISOString(),
    });
    expect(first?.problem).not.toContain('hush');
    test.time.advance(minute - 1);
    await smtp.setCondition('healthy');
    await send();
    expect(messagesTo(email)).toEqual([]);
    test.time.advance(1);
    await send();
    expect(messagesTo(email)).toHaveLength(1);
    expect(await mailOf(id)).toMatchObject({ state: 'sent', problem: null });
  });

  it('is given up with the reason when the address is refused, or after the last try', async () => {
    const [refused, greylisted] = [newEmail(), newEmail()];
    const [one, other] = [await invite(refused), await invite(greylisted)];
    await smtp.setCondition('mailboxRefused');
    await test.database.pool.query(`UPDATE invitations SET mail_due_at = $2 WHERE id = $1`, [
      other.id,
      new Date(test.time.now + minute),
    ]);
    await send();
    expect(await mailOf(one.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^550/) as string,
      nextTryAt: null,
    });
    await smtp.setCondition('greylisting');
    for (let round = 0; round < 6; round += 1) {
      test.time.advance(4 * 60 * minute);
      await send();
    }
    expect(await mailOf(other.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^451/) as string,
    });
    expect(messagesTo(greylisted)).toEqual([]);
    // The link itself still works.
    expect(await getInvitation(test.anonymous(), { token: other.token })).toMatchObject({
      email: greylisted,
    });
  });

  it('is sent once by several nodes, and again by another when one ends in the middle', async () => {
    const email = newEmail();
    await invite(email);
    await Promise.all([send(), send(), send()]);
    expect(messagesTo(email)).toHaveLength(1);
    const late = newEmail();
    const { id } = await invite(late);
    await test.database.pool.query(
      `UPDATE invitations SET mail_attempts = 1, mail_due_at = $2 WHERE id = $1`,
      [id, new Date(test.time.now + 2 * minute)],
    );
    await send();
    expect(messagesTo(late)).toEqual([]);
    test.time.advance(2 * minute);
    await send();
    expect(messagesTo(late)).toHaveLength(1);
  });

  it('is not sent when it was withdrawn before', async () => {
    const email = newEmail();
    const { id } = await invite(email);
    await revokeInvitation(admin(), { id });
    await send();
    expect(messagesTo(email)).toEqual([]);
  });
});

describe('resendInvitation', () => {
  it('sends a new link, for seven days, and ends the one before', async () => {
    const email = newEmail();
    const { id, token } = await invite(email);
    await send();
    test.time.advance(24 * 60 * minute);
    const { url, invitation } = await resendInvitation(admin(), { id });
    expect(invitation).toMatchObject({ id, email, mail: { state: 'waiting' } });
    expect(Date.parse(invitation.expiresAt)).toBe(test.time.now + 7 * 24 * 60 * minute);
    await send();
    const [, second] = messagesTo(email);
    expect(tokenIn(second?.source ?? '')).toBe(url.split('/').at(-1));
    const ids = messagesTo(email).map(({ source }) => /^Message-ID:\s+(<[^>]+>)/im.exec(source)?.[1]);
    expect(new Set(ids).size).toBe(2);
    expect(await refusalOf(getInvitation(test.anonymous(), { token }))).toMatchObject({ code: 'not_found' });
    const { rows } = await test.database.pool.query<{ action: string }>(
      'SELECT action FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1',
      [organization.id],
    );
    expect(rows[0]?.action).toBe('member.invitation_resent');
  });

  it('gives a link to pass on where there is no mail server', async () => {
    const { id } = await invite(newEmail());
    const { url, invitation } = await resendInvitation(admin(test.app), { id });
    expect(invitation.mail).toEqual({ state: 'none', sentAt: null, problem: null, nextTryAt: null });
    expect(url).toMatch(/\/invite\/[\w-]{43}$/);
    expect(await getInvitation(test.anonymous(), { token: url.split('/').at(-1) ?? '' })).toBeDefined();
  });

  it('is for system administrators, and for open invitations of their own', async () => {
    const { id, token } = await invite(newEmail());
    await expectRefusals(test, organization, resendOperation, (ctx) => resendInvitation(ctx, { id }));
    const elsewhere = await test.createOrganization();
    const foreign = resendInvitation(test.as('system_admin', elsewhere), { id });
    expect(await refusalOf(foreign)).toMatchObject({ code: 'not_found' });
    await acceptInvitation(test.anonymous(), { token, name: 'Noor', password: 'a password of some length' });
    expect(await refusalOf(resendInvitation(admin(), { id }))).toMatchObject({ code: 'not_found' });
  });
});
