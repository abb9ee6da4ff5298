import { replaceInboundKey as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { isChosenHere, newKey, schemeOf } from './rules.ts';
import { keyPlace, keysOf } from './source-keys.ts';
import { lockSource, readSource } from './source-queries.ts';

/**
 * Gives a source another key of its own. During the overlap what is signed with the one before is accepted as well, also
 * where that was the integration's.
 *
 * @throws AppError `not_found`; `invalid_input` where a key is missing that only the provider can make
 */
export const replaceInboundKey: Verb<typeof operation> = async (ctx, { id, key: given, overlapSeconds }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockSource(tx, id);
    const source = await readSource(tx, id);
    const scheme = schemeOf(source.providerSlug, source.signature);
    if (scheme === null) throw notFound('provider');
    if (given === undefined && !isChosenHere(scheme)) {
      throw fieldError('invalid_input', '/key', 'The provider makes this key. Copy it from there.');
    }
    const made = given === undefined ? newKey(app.randomBytes, scheme.algorithm) : null;
    const [current] = keysOf(app, source, scheme).keys;
    const until = overlapSeconds === 0 ? null : new Date(app.clock() + overlapSeconds * 1000);
    const place = (column: 'key_box' | 'previous_key_box') => keyPlace(tx.organizationId, id, column);
    await tx.query(
      `UPDATE inbound_sources SET key_box = $2, previous_key_box = $3, previous_key_until = $4, updated_at = $5,
         proposed_key_box = NULL, proposal = NULL
       WHERE organization_id = current_organization() AND id = $1`,
      [
        id,
        app.secretBox.seal(given ?? made!, place('key_box')),
        until === null || current === undefined
          ? null
          : app.secretBox.seal(current, place('previous_key_box')),
        current === undefined ? null : until,
        new Date(app.clock()),
      ],
    );
    await recordAudit(ctx, tx, {
      action: 'inbound_source.key_replaced',
      target: { type: 'inbound_source', id, name: source.sourceName },
      changes: { key: secretChanged, overlapSeconds: { before: null, after: overlapSeconds } },
    });
    tx.announce('inbound', [id]);
    return {
      key: made,
      previousKeyUntil: current === undefined ? null : (until?.toISOString() ?? null),
    };
  });
};
