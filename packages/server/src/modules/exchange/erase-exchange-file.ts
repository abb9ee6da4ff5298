import { eraseExchangeFile as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readFile } from './queries.ts';

/**
 * Erases the content of a file; that it was there, and its control number, stay known.
 *
 * @throws AppError `not_found`
 */
export const eraseExchangeFile: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const file = await readFile(tx, id, true);
    await tx.query(
      `UPDATE exchange_files SET content_box = NULL, state = CASE state WHEN 'ready' THEN 'draft' ELSE state END
       WHERE organization_id = current_organization() AND id = $1`,
      [id],
    );
    await recordAudit(ctx, tx, {
      action: 'exchange_file.erased',
      target: { type: 'exchange_file', id, name: file.name },
    });
    tx.announce('exchange', [file.integrationId]);
    return { ok: true };
  });
};
