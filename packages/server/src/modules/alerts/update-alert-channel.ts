import { updateAlertChannel as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit, secretChanged } from '../audit/record-audit.ts';
import { channelPlace, presentChannel, readChannel } from './channel-queries.ts';
import type { ChannelRow } from './channel-queries.ts';
import { checkTarget, requireSlack } from './check-target.ts';

/** Changes a channel; what waits for it goes to the new address. @throws as creating one, and `not_found` */
export const updateAlertChannel: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const given = input.target ? await checkTarget(app, input.target) : undefined;
  return inOrganization(ctx, async (tx) => {
    const before = await readChannel(tx, input.id);
    const target = given?.target ?? before.target;
    if (target.kind !== before.target.kind) {
      throw fieldError('invalid_input', '/target/kind', 'Add another channel for another kind.');
    }
    await requireSlack(tx, target);
    await tx.query(
      `UPDATE alert_channels SET name = $2, target = $3, enabled = $4, severities = $5, updated_at = $6,
         secret_box = coalesce($7, secret_box), failures = 0, failing_since = NULL
       WHERE organization_id = current_organization() AND id = $1`,
      [
        input.id,
        input.name ?? before.name,
        JSON.stringify(target),
        input.enabled ?? before.enabled,
        input.severities ?? before.severities,
        new Date(app.clock()),
        given?.url === undefined
          ? null
          : app.secretBox.seal(given.url, channelPlace(tx.organizationId, input.id)),
      ],
    );
    const after = await readChannel(tx, input.id);
    await recordAudit(ctx, tx, {
      action: 'alert_channel.updated',
      target: { type: 'alert_channel', id: input.id, name: after.name },
      changes: {
        ...changesBetween(auditView(before), auditView(after)),
        ...(given?.url === undefined ? {} : { url: secretChanged }),
      },
    });
    tx.announce('alerts');
    return presentChannel(after);
  });
};

function auditView({ name, enabled, severities, target }: ChannelRow) {
  return { name, enabled, severities, target };
}
