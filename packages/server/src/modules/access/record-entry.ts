import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Tells the organization that a person works in that they came, left, or proved who they are. */
export async function recordEntry(
  ctx: Ctx,
  action: 'member.signed_in' | 'member.signed_out' | 'member.reauthenticated' | 'member.recovery_code_used',
): Promise<void> {
  const { actor } = ctx;
  if (actor.type !== 'user' || ctx.organizationId === null) return;
  await inOrganization(ctx, (tx) =>
    recordAudit(ctx, tx, { action, target: { type: 'member', id: actor.id, name: actor.name } }),
  );
}
