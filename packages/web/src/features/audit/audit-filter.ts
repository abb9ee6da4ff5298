/** Filters of the audit page as they stand in the address; days are `YYYY-MM-DD` in the reader's time zone. */
export interface AuditFilter {
  /** Words to look for. */
  q?: string;
  action?: string;
  actor?: string;
  /** Kind of target, and one target. */
  type?: string;
  target?: string;
  since?: string;
  until?: string;
}

const fields = ['q', 'action', 'actor', 'type', 'target', 'since', 'until'] as const;

/** The filter in an address; what is no text is left out. */
export function auditSearch(search: Record<string, unknown>): AuditFilter {
  return Object.fromEntries(
    fields.flatMap((name) => (typeof search[name] === 'string' ? [[name, search[name]]] : [])),
  );
}

const day = /^\d{4}-\d{2}-\d{2}$/;

function midnight(text: string | undefined, addDays: number): string | null {
  if (text === undefined || !day.test(text)) return null;
  const [year = 0, month = 1, date = 1] = text.split('-').map(Number);
  const at = new Date(year, month - 1, date + addDays);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** The filter as the operation wants it: both days are included whole. What is no day is left out. */
export function auditInput(filter: AuditFilter): {
  search?: string;
  action?: string;
  actorId?: string;
  targetType?: string;
  targetId?: string;
  since?: string;
  until?: string;
} {
  const since = midnight(filter.since, 0);
  const until = midnight(filter.until, 1);
  return {
    ...(filter.q ? { search: filter.q } : {}),
    ...(filter.action ? { action: filter.action } : {}),
    ...(filter.actor ? { actorId: filter.actor } : {}),
    ...(filter.type ? { targetType: filter.type } : {}),
    ...(filter.target ? { targetId: filter.target } : {}),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  };
}

/** A filter with one field changed; an empty value takes the field out. */
export function changeFilter(
  filter: AuditFilter,
  field: keyof AuditFilter,
  value: string | null,
): AuditFilter {
  const { [field]: _old, ...others } = filter;
  return value ? { ...others, [field]: value } : others;
}
