import { z } from 'zod';
import { Done, Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';
import { permissions, roles } from './permissions.ts';
import { portalParts } from './portal-parts.ts';
import type { Permission } from './permissions.ts';

const tag = 'Access';
export const RoleName = z.enum(roles);
const PermissionName = z.enum(Object.keys(permissions) as [Permission, ...Permission[]]);

export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());
export const Password = z.string().min(12).max(128);
export const PersonName = z.string().trim().min(1).max(120);

export const Session = z.object({
  /** True until the first administrator exists; then only `setUp` works. */
  needsSetup: z.boolean(),
  user: z.object({ id: Id, email: z.string(), name: z.string() }).nullable(),
  organization: z.object({ id: Id, name: z.string() }).nullable(),
  organizations: z.array(z.object({ id: Id, name: z.string(), role: RoleName })),
  role: RoleName.nullable(),
  permissions: z.array(PermissionName),
  missing: z
    .enum(['second_factor', 'sso'])
    .nullable()
    .describe('What the organization asks of this session first; nothing else works until then.'),
  portal: z
    .object({
      parts: z.array(z.enum(portalParts)),
      expiresAt: Timestamp,
    })
    .optional()
    .describe('Set in a portal session: it belongs to no person, and ends by itself.'),
  /** The `X-<Brand>-…` headers' brand. */
  brand: z.string(),
  version: z.string(),
});

/** A passkey's answer to a challenge, as browsers give it (WebAuthn Level 3, `toJSON`). */
export const PasskeyAnswer = z.object({
  id: z.string().max(1400),
  rawId: z.string().max(1400),
  type: z.literal('public-key'),
  response: z.record(z.string().max(60), z.unknown()),
  clientExtensionResults: z.record(z.string().max(60), z.unknown()).default({}),
  authenticatorAttachment: z.string().max(60).nullish(),
});

/** What a browser is to ask a passkey, and the token that belongs to it. */
export const PasskeyQuestion = z.object({
  token: z.string(),
  options: z.record(z.string(), z.unknown()).describe('For `navigator.credentials`, as JSON (WebAuthn).'),
});

const StepToken = z.string().min(20).max(100);

/** A person's second factors. */
export const secondFactors = ['totp', 'passkey', 'recovery_code'] as const;

/** A session, or the second step towards one. */
export const SignInResult = Session.extend({
  secondFactor: z
    .object({
      token: z.string().describe('For `finishSignIn`, within five minutes.'),
      methods: z.array(z.enum(secondFactors)),
      passkey: PasskeyQuestion.shape.options.nullable(),
    })
    .nullable()
    .describe('Set when the password was right and a second factor is needed; nobody is signed in yet.'),
});

export const getSession = defineOperation({
  name: 'getSession',
  procedure: 'access.getSession',
  kind: 'query',
  tag,
  summary: 'Who is signed in, where, and what they may do',
  permission: 'public',
  input: Empty,
  output: Session,
});

export const setUp = defineOperation({
  name: 'setUp',
  procedure: 'access.setUp',
  kind: 'mutation',
  tag,
  summary: 'Create the first organization and its system administrator, once',
  permission: 'public',
  input: z.object({
    organizationName: PersonName,
    name: PersonName,
    email: Email,
    password: Password,
  }),
  output: Session,
});

export const signIn = defineOperation({
  name: 'signIn',
  procedure: 'access.signIn',
  kind: 'mutation',
  tag,
  summary: 'Sign in with e-mail and password',
  permission: 'public',
  input: z.object({ email: Email, password: z.string().min(1).max(128) }),
  output: SignInResult,
});

/** One of a person's second factors, used. */
const FactorProof = z.union([
  z.object({ code: z.string().min(1).max(40).describe('Of an authenticator app, or a recovery code.') }),
  z.object({ passkey: PasskeyAnswer }),
]);

export const finishSignIn = defineOperation({
  name: 'finishSignIn',
  procedure: 'access.finishSignIn',
  kind: 'mutation',
  tag,
  summary: 'Second step of a sign-in: a code, or a passkey',
  permission: 'public',
  input: z.object({ token: StepToken, proof: FactorProof }),
  output: Session,
});

export const startPasskeySignIn = defineOperation({
  name: 'startPasskeySignIn',
  procedure: 'access.startPasskeySignIn',
  kind: 'mutation',
  tag,
  summary: 'Begin to sign in by passkey, without e-mail and password',
  permission: 'public',
  input: Empty,
  output: PasskeyQuestion,
});

export const signInWithPasskey = defineOperation({
  name: 'signInWithPasskey',
  procedure: 'access.signInWithPasskey',
  kind: 'mutation',
  tag,
  summary: 'Sign in by passkey',
  permission: 'public',
  input: z.object({ token: StepToken, passkey: PasskeyAnswer }),
  output: Session,
});

export const startReauthentication = defineOperation({
  name: 'startReauthentication',
  procedure: 'access.startReauthentication',
  kind: 'mutation',
  tag,
  summary: 'How you can prove that it is you',
  permission: 'session',
  people: true,
  input: Empty,
  output: z.object({
    password: z.boolean(),
    totp: z.boolean(),
    passkey: PasskeyQuestion.nullable(),
    sso: z.boolean().describe('At the identity provider through which the session began.'),
  }),
});

export const signOut = defineOperation({
  name: 'signOut',
  procedure: 'access.signOut',
  kind: 'mutation',
  tag,
  summary: 'End this session',
  permission: 'public',
  input: Empty,
  output: Done,
});

export const reauthenticate = defineOperation({
  name: 'reauthenticate',
  procedure: 'access.reauthenticate',
  kind: 'mutation',
  tag,
  summary: 'Prove again that it is you; opens sensitive acts for five minutes',
  permission: 'session',
  people: true,
  input: z.union([
    z.object({ password: z.string().min(1).max(128) }),
    z.object({ code: z.string().min(6).max(12).describe('Of an authenticator app.') }),
    z.object({ token: StepToken, passkey: PasskeyAnswer }),
  ]),
  output: Done,
});

export const switchOrganization = defineOperation({
  name: 'switchOrganization',
  procedure: 'access.switchOrganization',
  kind: 'mutation',
  tag,
  summary: 'Work in another organization that you belong to',
  permission: 'session',
  people: true,
  input: z.object({ organizationId: Id }),
  output: Session,
});

export const Member = z.object({
  userId: Id,
  name: z.string(),
  email: z.string(),
  role: RoleName,
  joinedAt: Timestamp,
  lastSeenAt: Timestamp.nullable(),
});

export const Invitation = z.object({
  id: Id,
  email: z.string(),
  role: RoleName,
  invitedBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  mail: z
    .object({
      state: z
        .enum(['none', 'waiting', 'sent', 'failed'])
        .describe('`none`: there is no mail server, and somebody passes the link on by hand.'),
      sentAt: Timestamp.nullable(),
      problem: z.string().nullable().describe('Why the last try did not succeed.'),
      nextTryAt: Timestamp.nullable(),
    })
    .describe('What became of the email with the link.'),
});

export const listMembers = defineOperation({
  name: 'listMembers',
  procedure: 'access.listMembers',
  kind: 'query',
  tag,
  summary: 'Members and open invitations of the organization',
  permission: 'member.read',
  people: true,
  input: Empty,
  output: z.object({
    members: z.array(Member),
    invitations: z.array(Invitation),
    invitesByMail: z
      .boolean()
      .describe('The installation has a mail server, so that invitations go by email.'),
  }),
});

export const inviteMember = defineOperation({
  name: 'inviteMember',
  procedure: 'access.inviteMember',
  kind: 'mutation',
  tag,
  summary: 'Invite a person by a link that works once, for seven days; by email where there is a mail server',
  permission: 'member.write',
  people: true,
  // The answer holds the link, which is as good as a membership.
  fresh: true,
  input: z.object({ email: Email, role: RoleName }),
  output: z.object({ invitation: Invitation, url: z.string() }),
});

export const resendInvitation = defineOperation({
  name: 'resendInvitation',
  procedure: 'access.resendInvitation',
  kind: 'mutation',
  tag,
  summary: 'Invite again with a new link; the one before stops working',
  permission: 'member.write',
  people: true,
  // The answer holds the link, which is as good as a membership.
  fresh: true,
  input: z.object({ id: Id }),
  output: z.object({ invitation: Invitation, url: z.string() }),
});

export const revokeInvitation = defineOperation({
  name: 'revokeInvitation',
  procedure: 'access.revokeInvitation',
  kind: 'mutation',
  tag,
  summary: 'Withdraw an invitation',
  permission: 'member.write',
  people: true,
  input: z.object({ id: Id }),
  output: Done,
});

export const changeMemberRole = defineOperation({
  name: 'changeMemberRole',
  procedure: 'access.changeMemberRole',
  kind: 'mutation',
  tag,
  summary: "Change a member's role; the last system administrator stays one",
  permission: 'member.write',
  people: true,
  fresh: true,
  input: z.object({ userId: Id, role: RoleName }),
  output: Member,
});

export const removeMember = defineOperation({
  name: 'removeMember',
  procedure: 'access.removeMember',
  kind: 'mutation',
  tag,
  summary: 'Remove a member from the organization',
  permission: 'member.write',
  people: true,
  fresh: true,
  input: z.object({ userId: Id }),
  output: Done,
});

export const getInvitation = defineOperation({
  name: 'getInvitation',
  procedure: 'access.getInvitation',
  kind: 'query',
  tag,
  summary: 'What an invitation link offers',
  permission: 'public',
  input: z.object({ token: z.string().min(20).max(200) }),
  output: z.object({
    organizationName: z.string(),
    email: z.string(),
    role: RoleName,
    hasAccount: z.boolean(),
  }),
});

export const acceptInvitation = defineOperation({
  name: 'acceptInvitation',
  procedure: 'access.acceptInvitation',
  kind: 'mutation',
  tag,
  summary: 'Join by an invitation link; an existing account confirms with its password',
  permission: 'public',
  input: z.object({ token: z.string().min(20).max(200), name: PersonName.optional(), password: Password }),
  output: SignInResult,
});
