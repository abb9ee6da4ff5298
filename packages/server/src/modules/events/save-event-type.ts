import { saveEventType as operation } from '@trunkline/contract/events';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import { findUnstorable } from '../../lib/storable.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { lockOwnType } from './queries.ts';
import { requireOwnName } from './rules.ts';

/** Adds or changes one of the organization's own event types (WH-8). Saving the same again changes nothing. */
export const saveEventType: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { name, group, description, schema, example } = input;
  requireOwnName(name);
  const fields = { group, description, schema, example };
  const unstorable = findUnstorable(fields);
  if (unstorable !== null) {
    throw fieldError(
      'invalid_input',
      unstorable,
      'Text without NUL and broken characters, at most 64 levels deep.',
    );
  }
  return inOrganization(ctx, async (tx) => {
    const before = await lockOwnType(tx, name);
    await tx.query(
      `INSERT INTO event_types (organization_id, name, "group", description, schema, example)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (organization_id, name) DO UPDATE SET "group" = excluded."group",
         description = excluded.description, schema = excluded.schema, example = excluded.example`,
      [tx.organizationId, name, group, description, JSON.stringify(schema), JSON.stringify(example)],
    );
    const after = await lockOwnType(tx, name);
    if (!after) throw new Error('the event type was not stored');
    const { own, ...shown } = after;
    const changes = changesBetween<Partial<typeof shown>>(before ?? {}, shown);
    if (Object.keys(changes).length > 0) {
      await recordAudit(ctx, tx, {
        action: 'event_type.saved',
        target: { type: 'event_type', id: name, name },
        changes,
      });
      tx.announce('event_types');
    }
    return { ...shown, own };
  });
};
