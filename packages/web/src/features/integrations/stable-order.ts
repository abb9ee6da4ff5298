interface Identified {
  id: string;
}

/**
 * Rows in an order that was on screen before; those that were not there come last. So that a row does not move away
 * under somebody's pointer when another one gets worse.
 */
export function keepOrder<Row extends Identified>(rows: readonly Row[], order: readonly string[]): Row[] {
  const place = new Map(order.map((id, index) => [id, index]));
  const at = (row: Row) => place.get(row.id) ?? order.length;
  return rows.toSorted((a, b) => at(a) - at(b));
}
