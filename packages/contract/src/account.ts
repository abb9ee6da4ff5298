import { z } from 'zod';
import { PasskeyAnswer, PasskeyQuestion, Password, PersonName } from './access.ts';
import { Done, Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';

const tag = 'Account';

/** How a session began. */
export const sessionMethods = ['password', 'passkey', 'sso'] as const;

export const AccountSession = z.object({
  id: Id,
  current: z.boolean().describe('The session that asks.'),
  method: z.enum(sessionMethods),
  browser: z.string().describe('Browser and system, as far as they say.'),
  address: z.string().nullable().describe('Where it was signed in from.'),
  startedAt: Timestamp,
  lastSeenAt: Timestamp.describe('To within five minutes.'),
  expiresAt: Timestamp,
});

const PasskeyName = z.string().trim().min(1).max(100);

export const Passkey = z.object({
  id: Id,
  name: z.string(),
  synced: z.boolean().describe('Kept by a password manager on several devices, rather than in one.'),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
});

const Account = z.object({
  name: z.string(),
  email: z.string(),
  hasPassword: z.boolean(),
  totpSince: Timestamp.nullable().describe('Since when codes of an authenticator app are asked for.'),
  recoveryCodesLeft: z.number().int(),
  passkeys: z.array(Passkey),
  bound: z
    .boolean()
    .describe(
      'Signed in through an organization, which may not change the account: it is of no organization.',
    ),
});

export const getAccount = defineOperation({
  name: 'getAccount',
  procedure: 'account.getAccount',
  kind: 'query',
  tag,
  summary: 'Your account',
  permission: 'session',
  people: true,
  input: Empty,
  output: Account,
});

export const updateProfile = defineOperation({
  name: 'updateProfile',
  procedure: 'account.updateProfile',
  kind: 'mutation',
  tag,
  summary: 'Change your name',
  permission: 'session',
  people: true,
  input: z.object({ name: PersonName }),
  output: Account,
});

export const changePassword = defineOperation({
  name: 'changePassword',
  procedure: 'account.changePassword',
  kind: 'mutation',
  tag,
  summary: 'Change your password; all your other sessions end',
  permission: 'session',
  people: true,
  input: z.object({ currentPassword: z.string().min(1).max(128), newPassword: Password }),
  output: z.object({ ended: z.number().int().describe('Sessions that ended.') }),
});

export const listSessions = defineOperation({
  name: 'listSessions',
  procedure: 'account.listSessions',
  kind: 'query',
  tag,
  summary: 'Where you are signed in, this session first',
  permission: 'session',
  people: true,
  input: Empty,
  output: z.object({ sessions: z.array(AccountSession) }),
});

export const endSession = defineOperation({
  name: 'endSession',
  procedure: 'account.endSession',
  kind: 'mutation',
  tag,
  summary: 'End one of your sessions',
  permission: 'session',
  people: true,
  input: z.object({ id: Id }),
  output: Done,
});

export const endOtherSessions = defineOperation({
  name: 'endOtherSessions',
  procedure: 'account.endOtherSessions',
  kind: 'mutation',
  tag,
  summary: 'End all your sessions but this one',
  permission: 'session',
  people: true,
  input: Empty,
  output: z.object({ ended: z.number().int() }),
});

export const endMemberSessions = defineOperation({
  name: 'endMemberSessions',
  procedure: 'account.endMemberSessions',
  kind: 'mutation',
  tag,
  summary: 'Sign a member out of this organization everywhere',
  description:
    'Ends the sessions that work in this organization. Those of the same person in other organizations go on.',
  permission: 'member.write',
  people: true,
  fresh: true,
  input: z.object({ userId: Id }),
  output: z.object({ ended: z.number().int() }),
});

/** Shown once; only hashes are kept. */
const RecoveryCodes = z.array(z.string());

export const startTotp = defineOperation({
  name: 'startTotp',
  procedure: 'account.startTotp',
  kind: 'mutation',
  tag,
  summary: 'Begin to set up an authenticator app',
  description: 'An app in use stays so until the first code of the new one has come.',
  permission: 'session',
  people: true,
  fresh: true,
  input: Empty,
  output: z.object({
    secret: z.string().describe('Base32, for typing.'),
    uri: z.string().describe('otpauth:// address, for a QR code.'),
  }),
});

export const confirmTotp = defineOperation({
  name: 'confirmTotp',
  procedure: 'account.confirmTotp',
  kind: 'mutation',
  tag,
  summary: 'Switch the authenticator app on by its first code',
  permission: 'session',
  people: true,
  input: z.object({ code: z.string().min(6).max(12) }),
  output: z.object({ recoveryCodes: RecoveryCodes.nullable().describe('With the first second factor.') }),
});

export const removeTotp = defineOperation({
  name: 'removeTotp',
  procedure: 'account.removeTotp',
  kind: 'mutation',
  tag,
  summary: 'Remove the authenticator app',
  permission: 'session',
  people: true,
  fresh: true,
  input: Empty,
  output: Done,
});

export const makeRecoveryCodes = defineOperation({
  name: 'makeRecoveryCodes',
  procedure: 'account.makeRecoveryCodes',
  kind: 'mutation',
  tag,
  summary: 'Make new recovery codes; the ones before stop working',
  permission: 'session',
  people: true,
  fresh: true,
  input: Empty,
  output: z.object({ recoveryCodes: RecoveryCodes }),
});

export const startPasskey = defineOperation({
  name: 'startPasskey',
  procedure: 'account.startPasskey',
  kind: 'mutation',
  tag,
  summary: 'Begin to add a passkey',
  permission: 'session',
  people: true,
  fresh: true,
  input: Empty,
  output: PasskeyQuestion,
});

export const finishPasskey = defineOperation({
  name: 'finishPasskey',
  procedure: 'account.finishPasskey',
  kind: 'mutation',
  tag,
  summary: 'Add the passkey that the browser made',
  permission: 'session',
  people: true,
  input: z.object({ token: z.string().min(20).max(100), name: PasskeyName, passkey: PasskeyAnswer }),
  output: z.object({
    passkey: Passkey,
    recoveryCodes: RecoveryCodes.nullable().describe('With the first second factor.'),
  }),
});

export const renamePasskey = defineOperation({
  name: 'renamePasskey',
  procedure: 'account.renamePasskey',
  kind: 'mutation',
  tag,
  summary: 'Rename a passkey',
  permission: 'session',
  people: true,
  input: z.object({ id: Id, name: PasskeyName }),
  output: Passkey,
});

export const removePasskey = defineOperation({
  name: 'removePasskey',
  procedure: 'account.removePasskey',
  kind: 'mutation',
  tag,
  summary: 'Remove a passkey',
  permission: 'session',
  people: true,
  fresh: true,
  input: z.object({ id: Id }),
  output: Done,
});

const SignInPolicy = z.object({
  secondFactor: z
    .enum(['nobody', 'administrators', 'everybody'])
    .describe('Who must have a second factor; administrators are both kinds.'),
});

export const getSignInPolicy = defineOperation({
  name: 'getSignInPolicy',
  procedure: 'account.getSignInPolicy',
  kind: 'query',
  tag,
  summary: 'What the organization asks of people who sign in',
  permission: 'member.read',
  people: true,
  input: Empty,
  output: SignInPolicy.extend({
    lacking: z.array(z.object({ userId: Id, name: z.string() })).describe('Members without a second factor.'),
  }),
});

export const saveSignInPolicy = defineOperation({
  name: 'saveSignInPolicy',
  procedure: 'account.saveSignInPolicy',
  kind: 'mutation',
  tag,
  summary: 'Set what the organization asks of people who sign in',
  permission: 'sign_in.write',
  people: true,
  fresh: true,
  input: SignInPolicy,
  output: SignInPolicy,
});
