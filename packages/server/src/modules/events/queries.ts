import type { EventType } from '@trunkline/contract/events';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';

export type OwnEventType = z.input<typeof EventType>;

type EventTypeRow = Omit<OwnEventType, 'own'>;

const selectTypes = `
  SELECT name, "group", description, schema, example FROM event_types
  WHERE organization_id = current_organization()`;

/** The organization's own event types by group and name. */
export async function listOwnTypes(tx: Tx): Promise<OwnEventType[]> {
  const rows = await tx.query<EventTypeRow>(`${selectTypes} ORDER BY "group", name`);
  return rows.map(own);
}

/** One of the organization's own event types, locked until the transaction ends; null when there is none. */
export async function lockOwnType(tx: Tx, name: string): Promise<OwnEventType | null> {
  const [row] = await tx.query<EventTypeRow>(`${selectTypes} AND name = $1 FOR UPDATE`, [name]);
  return row ? own(row) : null;
}

function own(row: EventTypeRow): OwnEventType {
  return { ...row, own: true };
}
