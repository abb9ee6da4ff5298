import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its type: `report.completed`. */
export const normalizeCheckr = passingOn(
  (payload) => textAt(payload, 'type'),
  (payload) => [textAt(payload, 'id')],
);
