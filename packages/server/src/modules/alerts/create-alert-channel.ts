import { createAlertChannel as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import { createSigningSecret } from '../../lib/webhook-signature.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { channelPlace, presentChannel, readChannel } from './channel-queries.ts';
import { checkTarget, requireSlack } from './check-target.ts';

/**
 * Adds a channel. A webhook gets its signing secret here.
 *
 * @throws AppError `webhook_url_…`, `invalid_input`; `not_found` for an integration that is not there
 */
export const createAlertChannel: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { target, url } = await checkTarget(app, input.target);
  if (target.kind === 'slack_webhook' && url === undefined) {
    throw fieldError('invalid_input', '/target/url', 'Enter the address of the incoming webhook.');
  }
  const signing = target.kind === 'webhook' ? createSigningSecret(app.randomBytes) : null;
  return inOrganization(ctx, async (tx) => {
    await requireSlack(tx, target);
    const id = app.newId();
    const secret = signing ?? url;
    await tx.query(
      `INSERT INTO alert_channels (id, organization_id, name, kind, target, secret_box, enabled, severities, created_at,
         updated_at)
       VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $8)`,
      [
        id,
        input.name,
        target.kind,
        JSON.stringify(target),
        secret === undefined ? null : app.secretBox.seal(secret, channelPlace(tx.organizationId, id)),
        input.enabled,
        [...new Set(input.severities)],
        new Date(app.clock()),
      ],
    );
    await recordAudit(ctx, tx, {
      action: 'alert_channel.created',
      target: { type: 'alert_channel', id, name: input.name },
      changes: { target: { before: null, after: target } },
    });
    tx.announce('alerts');
    return { ...presentChannel(await readChannel(tx, id)), secret: signing };
  });
};
