import { z } from 'zod';
import { Done, Empty, Id, Timestamp } from './common.ts';
import { defineOperation } from './operation.ts';
import { permissions, roles } from './permissions.ts';
import type { Permission } from './permissions.ts';

const tag = 'Access';
export const RoleName = z.enum(roles);
const PermissionName = z.enum(Object.keys(permissions) as [Permission, ...Permission[]]);

export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());
export const Password = z.string().min(12).max(128);
const PersonName = z.string().trim().min(1).max(120);

export const Session = z.object({
  /** True until the first administrator exists; then only `setUp` works. */
  needsSetup: z.boolean(),
  user: z.object({ id: Id, email: z.string(), name: z.string() }).nullable(),
  organization: z.object({ id: Id, name: z.string() }).nullable(),
  organizations: z.array(z.object({ id: Id, name: z.string(), role: RoleName })),
  role: RoleName.nullable(),
  permissions: z.array(PermissionName),
  /** The `X-<Brand>-…` headers' brand. */
  brand: z.string(),
  version: z.string(),
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
  output: Session,
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
  input: z.object({ password: z.string().min(1).max(128) }),
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
  output: z.object({ members: z.array(Member), invitations: z.array(Invitation) }),
});

export const inviteMember = defineOperation({
  name: 'inviteMember',
  procedure: 'access.inviteMember',
  kind: 'mutation',
  tag,
  summary: 'Invite a person; returns a link that works once, for seven days',
  permission: 'member.write',
  people: true,
  input: z.object({ email: Email, role: RoleName }),
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
  output: Session,
});
