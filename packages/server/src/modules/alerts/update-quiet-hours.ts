import { updateQuietHours as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { isTimeZone } from './quiet-hours.ts';
import { readQuietHours } from './settings.ts';

/** Changes the quiet hours; what waits already keeps its time. @throws AppError `invalid_input` for an unknown time zone */
export const updateQuietHours: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  if (!isTimeZone(input.timeZone)) {
    throw fieldError('invalid_input', '/timeZone', 'A time zone such as Europe/Berlin or UTC.');
  }
  return inOrganization(ctx, async (tx) => {
    const before = await readQuietHours(tx);
    await tx.query(
      `INSERT INTO quiet_hours (organization_id, settings) VALUES (current_organization(), $1)
       ON CONFLICT (organization_id) DO UPDATE SET settings = excluded.settings`,
      [JSON.stringify(input)],
    );
    await recordAudit(ctx, tx, {
      action: 'quiet_hours.updated',
      target: { type: 'quiet_hours', id: null, name: null },
      changes: changesBetween(before, input),
    });
    tx.announce('alerts');
    return input;
  });
};
