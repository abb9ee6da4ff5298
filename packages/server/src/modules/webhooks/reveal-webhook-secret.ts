import { revealWebhookSecret as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { secretPlace } from '../../delivery/endpoints.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Shows the signing secret to a person who has just proved who they are. Every reveal is audited. */
export const revealWebhookSecret: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const [row] = await tx.query<{ name: string; secretBox: Buffer }>(
      `SELECT name, secret_box AS "secretBox" FROM webhooks
       WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL`,
      [id],
    );
    if (!row) throw notFound('webhook');
    const secret = ctx.app.secretBox.open(row.secretBox, secretPlace(tx.organizationId, id, 'secret_box'));
    await recordAudit(ctx, tx, {
      action: 'webhook.secret_revealed',
      target: { type: 'webhook', id, name: row.name },
    });
    return { secret };
  });
};
