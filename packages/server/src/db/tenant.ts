import type pg from 'pg';
import type { Ctx, Tx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { inSpan } from '../tracing/tracer.ts';
import type { SpanStart } from '../tracing/tracer.ts';
import { organizationTransaction } from './transaction.ts';

/**
 * Runs `work` in a transaction of the caller's organization, as the role that row-level security binds.
 *
 * @throws AppError `no_organization` for a caller without one
 */
export async function inOrganization<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (ctx.organizationId === null) {
    throw new AppError('no_organization', 'Ask an administrator to invite you to an organization.');
  }
  const { app, organizationId } = ctx;
  if (app.span === null) return tenantTransaction(app.pool, organizationId, work);
  return inSpan(app, transactionSpan, () => tenantTransaction(app.pool, organizationId, work));
}

const transactionSpan: SpanStart = {
  name: 'transaction',
  kind: 'client',
  attributes: { 'db.system.name': 'postgresql' },
};

/** As {@link inOrganization}, for callers without a `Ctx` (start-up, jobs). */
export async function tenantTransaction<T>(
  pool: pg.Pool,
  organizationId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return organizationTransaction(pool, organizationId, work);
}
