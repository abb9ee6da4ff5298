import { getDisconnectImpact as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { impactOf } from './impact.ts';
import { readIntegration } from './queries.ts';
import { revocationWords } from './revocation-words.ts';

/**
 * What stops when an integration is disconnected, for the question before it (CONN-7).
 *
 * @throws AppError `not_found`
 */
export const getDisconnectImpact: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const integration = await readIntegration(ctx.app, tx, id);
    const provider = await providerOf(tx, integration.provider.slug);
    const [same] = await tx.query<{ others: number }>(
      `SELECT count(*)::int AS others FROM integrations
       WHERE organization_id = current_organization() AND provider = $1 AND id <> $2 AND deleted_at IS NULL
         AND enabled AND connected_at IS NOT NULL`,
      [provider.slug, id],
    );
    const { day } = integration.usage;
    return {
      impact: [
        { severity: 'warning' as const, text: impactOf(provider.category) },
        ...(day > 0 ? [{ severity: 'warning' as const, text: `It made ${day} calls today.` }] : []),
        ...(same!.others > 0
          ? [{ severity: 'info' as const, text: `${same!.others} more of ${provider.name} stay connected.` }]
          : []),
        { severity: 'info' as const, text: revocationWords(provider, integration.authType) },
        {
          severity: 'info' as const,
          text: 'Its credentials are erased here. Its history and audit records stay.',
        },
      ],
    };
  });
};
