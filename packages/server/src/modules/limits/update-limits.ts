import { updateLimits as operation } from '@trunkline/contract/limits';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { ApiLimits } from '@trunkline/contract/limits';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readLimitSettings, readOwnLimits } from './read-limits.ts';

/**
 * Lowers an organization's limits, or takes that back (KEY-3). More than the installation allows is refused; where it
 * does not limit requests, organizations do not either.
 *
 * @throws AppError `invalid_input`
 */
export const updateLimits: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { rateLimits } = ctx.app.config;
  for (const [name, value] of Object.entries(input) as [keyof ApiLimits, number | null][]) {
    if (value === null) continue;
    if (rateLimits === null) {
      throw fieldError('invalid_input', `/${name}`, 'Requests are not limited in this installation.');
    }
    if (value > rateLimits[name]) {
      throw fieldError('invalid_input', `/${name}`, `The installation allows ${rateLimits[name]} at most.`);
    }
  }
  return inOrganization(ctx, async (tx) => {
    const before = await readOwnLimits(tx);
    await tx.query(
      `INSERT INTO api_settings (organization_id, key_per_minute, key_per_hour, organization_per_hour)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (organization_id) DO UPDATE SET key_per_minute = excluded.key_per_minute,
         key_per_hour = excluded.key_per_hour, organization_per_hour = excluded.organization_per_hour`,
      [tx.organizationId, input.keyPerMinute, input.keyPerHour, input.organizationPerHour],
    );
    await recordAudit(ctx, tx, {
      action: 'limits.updated',
      target: { type: 'limits', id: null, name: null },
      changes: changesBetween(before, input),
    });
    tx.announce('api_key');
    return readLimitSettings(ctx.app, tx);
  });
};
