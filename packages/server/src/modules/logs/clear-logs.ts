import { clearLogs as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { knowsScope, removeLines } from './queries.ts';
import { idRangeOf } from './rules.ts';

/**
 * Removes lines for good (LOG-2): of one integration or webhook, or all, before a moment. What is written while it runs
 * stays.
 *
 * @throws AppError `not_found` for an integration or webhook of somebody else
 */
export const clearLogs: Verb<typeof operation> = async (ctx, { before, ...scope }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  const now = app.clock();
  const until = before ?? new Date(now + 1).toISOString();
  return inOrganization(ctx, async (tx) => {
    const known = await knowsScope(tx, scope);
    if (known === null) throw notFound('integration or webhook');
    const removed = await removeLines(tx, scope, idRangeOf({ until }, now));
    await recordAudit(ctx, tx, {
      action: 'log.cleared',
      target: {
        type: 'logs',
        id: scope.integrationId ?? scope.webhookId ?? null,
        name: known.integration ?? known.webhook,
      },
      changes: { lines: { before: removed, after: 0 }, until: { before: null, after: until } },
    });
    tx.announce('logs');
    const who = actor.type === 'anonymous' ? 'Somebody' : actor.name;
    tx.afterCommit(() =>
      app.logs.write({
        organizationId: tx.organizationId,
        ...scope,
        source: 'system',
        level: 'info',
        event: 'log.cleared',
        message: `${who} cleared ${removed.toLocaleString('en')} ${removed === 1 ? 'line' : 'lines'}.`,
        details: { before: until },
      }),
    );
    return { removed };
  });
};
