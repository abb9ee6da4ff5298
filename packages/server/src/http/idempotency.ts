import { createHash } from 'node:crypto';
import type { Ctx } from '../ctx.ts';
import { inOrganization } from '../db/tenant.ts';
import { AppError } from '../errors.ts';
import type { RestAnswer } from './rest-answer.ts';

const keptForMs = 24 * 3_600_000;
/** A first request that is still open after this was cut off with its node. */
const abandonedAfterMs = 60_000;

interface StoredAnswer {
  requestHash: Buffer;
  createdAt: Date;
  responseStatus: RestAnswer['status'] | null;
  responseBox: Buffer | null;
}

/**
 * Runs a POST once for its `Idempotency-Key` (24 h, by organization and address). The same request again gets
 * the stored answer; another `content` (query and body) or caller is refused. A refusal or fault is not stored,
 * so it may be tried again. The caller has been authorized.
 *
 * @throws AppError `idempotency_in_flight`, `idempotency_mismatch`, `invalid_input`
 */
export async function withIdempotencyKey(
  ctx: Ctx,
  key: string,
  route: string,
  content: string,
  run: () => Promise<RestAnswer>,
): Promise<RestAnswer> {
  if (key.length === 0 || key.length > 255) {
    throw new AppError('invalid_input', 'An Idempotency-Key has 1 to 255 characters.');
  }
  const { app, actor } = ctx;
  // Another person's answer, which may hold a secret, is not given away; all API keys of an organization are one.
  const caller = actor.type === 'user' ? actor.id : actor.type;
  const hash = createHash('sha256').update(`${caller}\n${content}`).digest();
  const startedAt = new Date(app.clock());
  const place = (organizationId: string) => ({
    organizationId,
    table: 'idempotency_keys',
    row: `${route} ${key}`,
    column: 'response_box',
  });
  const stored = await inOrganization(ctx, async (tx) => {
    const now = startedAt.getTime();
    await tx.query(
      `DELETE FROM idempotency_keys WHERE organization_id = current_organization() AND key = $1 AND route = $2
         AND (created_at < $3 OR (response_status IS NULL AND created_at < $4))`,
      [key, route, new Date(now - keptForMs), new Date(now - abandonedAfterMs)],
    );
    const fresh = await tx.query(
      `INSERT INTO idempotency_keys (organization_id, key, route, request_hash, created_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
      [tx.organizationId, key, route, hash, startedAt],
    );
    if (fresh.length > 0) return null;
    const [row] = await tx.query<StoredAnswer>(
      `SELECT request_hash AS "requestHash", created_at AS "createdAt", response_status AS "responseStatus",
         response_box AS "responseBox"
       FROM idempotency_keys WHERE organization_id = current_organization() AND key = $1 AND route = $2`,
      [key, route],
    );
    return row ?? null;
  });
  if (stored !== null) {
    if (!stored.requestHash.equals(hash)) {
      throw new AppError('idempotency_mismatch', 'This key came with another request before. Use a new key.');
    }
    if (stored.responseStatus === null || stored.responseBox === null) {
      throw new AppError(
        'idempotency_in_flight',
        'Wait for the answer of the first request, then ask again.',
        {
          retryAfterSeconds: 1,
        },
      );
    }
    const body = app.secretBox.open(stored.responseBox, place(ctx.organizationId ?? ''));
    return { status: stored.responseStatus, body, replayed: true };
  }
  // `created_at` says that it is still this request's row: an abandoned one may belong to a later request by now.
  const mine = `organization_id = current_organization() AND key = $1 AND route = $2 AND created_at = $3`;
  let answer: RestAnswer;
  try {
    answer = await run();
  } catch (error) {
    await inOrganization(ctx, (tx) =>
      tx.query(`DELETE FROM idempotency_keys WHERE ${mine}`, [key, route, startedAt]),
    ).catch((cleanupError: unknown) => {
      app.log.warn({ err: cleanupError }, 'an idempotency key was not released');
    });
    throw error;
  }
  await inOrganization(ctx, (tx) =>
    tx.query(`UPDATE idempotency_keys SET response_status = $4, response_box = $5 WHERE ${mine}`, [
      key,
      route,
      startedAt,
      answer.status,
      app.secretBox.seal(answer.body, place(tx.organizationId)),
    ]),
  ).catch((error: unknown) => {
    // It was done, so it is answered; the key stays taken for a while and is not run a second time at once.
    app.log.warn({ err: error }, 'the answer for an idempotency key was not stored');
  });
  return answer;
}
