import { updatePortalSettings as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { endPortalTokens, lockOrigins, writeOrigins } from './queries.ts';
import { frameUrl, readOrigins } from './rules.ts';

/**
 * Changes which pages may show the portal in a frame (APIS-4). Sessions on a page that may not any more end; without any
 * page all tokens end.
 *
 * @throws AppError `invalid_input`
 */
export const updatePortalSettings: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const origins = readOrigins(input.origins);
  return inOrganization(ctx, async (tx) => {
    const now = new Date(ctx.app.clock());
    const before = await lockOrigins(tx, now);
    await writeOrigins(tx, origins);
    const ended = await endPortalTokens(
      tx,
      now,
      personOf(ctx).name,
      origins.length === 0 ? {} : { outside: origins },
    );
    await recordAudit(ctx, tx, {
      action: 'portal.settings_updated',
      target: { type: 'portal', id: null, name: null },
      changes: {
        ...changesBetween({ origins: before }, { origins }),
        ...(ended.length === 0 ? {} : { sessions: { before: ended.map(({ id }) => id), after: null } }),
      },
    });
    tx.announce('portal');
    return { origins, frameUrl: frameUrl(ctx.app.config.publicUrl, tx.organizationId) };
  });
};
