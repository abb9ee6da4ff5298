import { postStatusUpdate as operation } from '@trunkline/contract/status-updates';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { composeStatusUpdate } from './compose-message.ts';
import { insertNotification } from './notification-queries.ts';
import { requireChannels } from './channel-queries.ts';
import { readUpdate } from './status-update-queries.ts';

/**
 * Posts a status update; everybody of the organization sees it until it is closed, and the named channels get it as a
 * message (UC 9.3).
 *
 * @throws AppError `not_found` for an integration or a channel that is not there
 */
export const postStatusUpdate: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const integrationIds = [...new Set(input.integrationIds)];
    const channelIds = [...new Set(input.channelIds)];
    const integrations = await tx.query<{ id: string; name: string }>(
      `SELECT id, name FROM integrations WHERE organization_id = current_organization() AND id = ANY ($1)
         AND deleted_at IS NULL ORDER BY name, id`,
      [integrationIds],
    );
    if (integrations.length < integrationIds.length) throw notFound('integration');
    await requireChannels(tx, channelIds);
    const id = app.newId();
    const { name: by } = personOf(ctx);
    const { text, severity, resolved } = input;
    await tx.query(
      `INSERT INTO status_updates (id, organization_id, text, severity, integrations, resolved, posted_at, posted_by)
       VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7)`,
      [id, text, severity, JSON.stringify(integrations), resolved, new Date(app.clock()), by],
    );
    const update = await readUpdate(tx, id);
    const content = composeStatusUpdate(update, app.config);
    for (const channelId of channelIds) await insertNotification(app, tx, channelId, content);
    await recordAudit(ctx, tx, {
      action: 'status_update.posted',
      target: { type: 'status_update', id, name: text.slice(0, 80) },
      changes: {
        text: { before: null, after: text },
        integrations: { before: null, after: integrations.map(({ name }) => name) },
      },
    });
    tx.announce('alerts');
    return update;
  });
};
