import { createHash } from 'node:crypto';
import { allows, permissions } from '@trunkline/contract/permissions';
import type { ActorKind, Permission, Role } from '@trunkline/contract/permissions';
import type { SecretPlace } from '../../lib/secret-box.ts';

/** How long an invitation link works. */
export const invitationMs = 7 * 24 * 60 * 60_000;

/** 32 random bytes for an invitation link. */
export function createInvitationToken(randomBytes: (size: number) => Buffer): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of an invitation's token: it is random enough to need no salt. */
export function hashInvitationToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Where the token of an invitation waits for its message. */
export function tokenPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'invitations', row: id, column: 'token_box' };
}

/** The address of the page where an invitation is accepted. */
export function invitationUrl({ config }: { config: { publicUrl: string } }, token: string): string {
  return `${config.publicUrl}/invite/${token}`;
}

/** The permissions of a kind of actor, in the order of the matrix. */
export function permissionsOf(actor: ActorKind): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((permission) => allows(actor, permission));
}

/** Whether the organization would be left without a system administrator if this one went. */
export function isLastAdministrator(
  members: readonly { userId: string; role: Role }[],
  userId: string,
): boolean {
  const administrators = members.filter(({ role }) => role === 'system_admin');
  return administrators.length === 1 && administrators[0]?.userId === userId;
}

/** The later of two instants, either of which may be unknown. */
export function latest(a: Date | null | undefined, b: Date | null | undefined): Date | null {
  if (!a || !b) return a ?? b ?? null;
  return a > b ? a : b;
}
