import { saveExchangeLayout as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import { layoutProblem } from '../../lib/files/csv/table.ts';
import { kindsFor } from '../../providers/parts/exchange-kinds.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { presentLayout } from './present-layout.ts';
import { readPartner } from './queries.ts';
import { fieldsOf } from './rules.ts';

/**
 * Changes how a kind of CSV file is written for the partner; null goes back to the layout to start from. Files that
 * were written before keep theirs.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const saveExchangeLayout: Verb<typeof operation> = async (ctx, { integrationId, kind, layout }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { provider, name } = await readPartner(tx, integrationId);
    if (!kindsFor(provider).includes(kind)) {
      throw fieldError('invalid_input', '/kind', `${provider.name} takes no file of this kind.`);
    }
    const problem = layout === null ? null : layoutProblem(layout, fieldsOf(kind));
    if (problem !== null) throw fieldError('invalid_input', '/layout', problem);
    const before = await presentLayout(tx, integrationId, kind, provider);
    if (layout === null) {
      await tx.query(
        'DELETE FROM exchange_layouts WHERE organization_id = current_organization() AND integration_id = $1 AND kind = $2',
        [integrationId, kind],
      );
    } else {
      await tx.query(
        `INSERT INTO exchange_layouts (organization_id, integration_id, kind, layout)
         VALUES (current_organization(), $1, $2, $3)
         ON CONFLICT (integration_id, kind) DO UPDATE SET layout = excluded.layout`,
        [integrationId, kind, JSON.stringify(layout)],
      );
    }
    const after = await presentLayout(tx, integrationId, kind, provider);
    await recordAudit(ctx, tx, {
      action: 'exchange_layout.saved',
      target: { type: 'integration', id: integrationId, name },
      changes: changesBetween(before.layout, after.layout),
    });
    tx.announce('exchange', [integrationId]);
    return after;
  });
};
