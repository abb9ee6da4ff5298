import { listMembers as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listMemberRows, listOpenInvitations, presentMembers } from './queries.ts';

/** The organization's members by name, and its open invitations, newest first. */
export const listMembers: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { organizationId, rows, invitations } = await inOrganization(ctx, async (tx) => ({
    organizationId: tx.organizationId,
    rows: await listMemberRows(tx),
    invitations: await listOpenInvitations(tx, new Date(app.clock())),
  }));
  return {
    members: await presentMembers(app.pool, organizationId, rows),
    invitations,
    invitesByMail: app.config.mail !== undefined,
  };
};
