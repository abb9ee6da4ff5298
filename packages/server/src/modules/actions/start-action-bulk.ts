import { createHash } from 'node:crypto';
import { startActionBulk as operation } from '@trunkline/contract/action-bulks';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { z } from 'zod';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { findBulkByKey, insertBulk, readBulk } from './bulk-queries.ts';
import { callerOf, dueTime, keyOf, requireRoute, requireThere } from './requested.ts';
import { actionHash } from './run-action.ts';

/** A slash and a place follow it in the keys of the actions. */
const longestKey = 250;

/**
 * Starts many actions of one capability. All are stored in one transaction before the answer; with an `Idempotency-Key` the
 * same request again answers the same bulk.
 *
 * @throws AppError `invalid_input`, `not_found`, `integration_not_connected`, `integration_disabled`, `idempotency_mismatch`
 */
export const startActionBulk: Verb<typeof operation> = async (
  ctx,
  { capability, integrationId, sendAt, inputs },
) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const wantedId = integrationId ?? null;
  const parsed = z.object({ inputs: z.array(capabilities[capability].input) }).safeParse({ inputs });
  if (!parsed.success) {
    // Somebody else's integration is not there, whatever else is wrong.
    if (wantedId !== null) await inOrganization(ctx, (tx) => requireThere(tx, wantedId));
    throw parsed.error;
  }
  const due = dueTime(app, sendAt);
  const key = keyOf(ctx.request.headers);
  if (key !== null && key.length > longestKey) {
    throw new AppError(
      'invalid_input',
      `The Idempotency-Key of a bulk has at most ${longestKey} characters.`,
    );
  }
  const common = { capability, wantedId, dueAt: due };
  const members = parsed.data.inputs.map((input, place) => ({
    id: app.newId(),
    key: key === null ? null : `${key}/${place}`,
    hash: actionHash({ ...common, input }),
    input,
  }));
  const hash = hashOf(common, parsed.data.inputs);
  const id = app.newId();
  return inOrganization(ctx, async (tx) => {
    const known = key === null ? null : await findBulkByKey(tx, key);
    if (known !== null) return readKnown(known);
    await requireRoute(tx, common);
    const createdBy = callerOf(ctx);
    const dueAt = due ?? new Date(app.clock());
    const bulk = { id, capability, wantedId, key, hash, dueAt, sendAt: due, createdBy };
    if (!(await insertBulk(app, tx, bulk, members))) {
      const other = await findBulkByKey(tx, key ?? '');
      if (other !== null && other.id !== id) return readKnown(other);
      throw new AppError('idempotency_mismatch', 'A key made of this one came with another action before.');
    }
    const name = `${members.length} × ${capabilities[capability].label}`;
    await recordAudit(ctx, tx, { action: 'action_bulk.started', target: { type: 'action_bulk', id, name } });
    tx.announce('actions');
    return readBulk(tx, id);

    function readKnown(before: { id: string; hash: Buffer }) {
      if (before.hash.equals(hash)) return readBulk(tx, before.id);
      throw new AppError('idempotency_mismatch', 'This key came with another bulk before. Use a new key.');
    }
  });
};

function hashOf(
  common: { capability: CapabilityName; wantedId: string | null; dueAt: Date | null },
  inputs: readonly unknown[],
): Buffer {
  const whole = canonicalJson({ ...common, dueAt: common.dueAt?.toISOString() ?? null, inputs });
  return createHash('sha256').update(whole).digest();
}
