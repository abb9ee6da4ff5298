import { testAlertChannel as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { openChannel, readChannel } from './channel-queries.ts';
import { composeTest } from './compose-message.ts';
import { recordResult, tryToSend } from './send-notifications.ts';

/** Sends a test message now, whatever the quiet hours, and says what became of it. @throws AppError `not_found` */
export const testAlertChannel: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const channel = await inOrganization(ctx, async (tx) =>
    openChannel(app, tx.organizationId, await readChannel(tx, id)),
  );
  const content = composeTest(channel.name, personOf(ctx).name, app.config);
  const outgoing = {
    organizationId: ctx.organizationId ?? '',
    id: app.newId(),
    attempt: 1,
    at: new Date(app.clock()),
  };
  const outcome = await tryToSend(app, channel, content, outgoing);
  return inOrganization(ctx, async (tx) => {
    await recordResult(app, tx, id, outcome);
    await recordAudit(ctx, tx, {
      action: 'alert_channel.tested',
      target: { type: 'alert_channel', id, name: channel.name },
      changes: { result: { before: null, after: outcome.ok ? 'sent' : outcome.detail } },
    });
    tx.announce('alerts');
    return { ok: outcome.ok, detail: outcome.detail };
  });
};
