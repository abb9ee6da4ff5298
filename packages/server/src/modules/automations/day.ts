import type { Tx } from '../../ctx.ts';

/** What a time of day can tell of the 24 hours before it. */
export interface Day {
  /** Local date, such as 2026-11-23. */
  date: string;
  /** Numbers as text: one that was not counted to its end says so. */
  events: string;
  conversations: string;
  escalations: string;
  messages: string;
  deadLetters: string;
  actions: string;
  actionsFailed: string;
  runs: string;
  runsFailed: string;
  openAlerts: string;
}

export const exampleDay: Day = {
  date: '2026-11-23',
  events: '1240',
  conversations: '38',
  escalations: '3',
  messages: '412',
  deadLetters: '2',
  actions: '96',
  actionsFailed: '1',
  runs: '41',
  runsFailed: '1',
  openAlerts: '1',
};

/** Events are counted up to here, so that the summary of a large organization does not take minutes. */
const mostEvents = 500_000;

/** Counts the 24 hours before `at`, in milliseconds since the epoch. */
export async function readDay(tx: Tx, at: number, timeZone: string): Promise<Day> {
  const from = new Date(at - 86_400_000);
  const to = new Date(at);
  const [row] = await tx.query<Record<Exclude<keyof Day, 'date'>, number>>(
    `SELECT e.*, d.*, a.*, r.*,
       (SELECT count(*) FROM alerts WHERE organization_id = current_organization()
         AND state <> 'resolved')::int AS "openAlerts"
     FROM (SELECT count(*)::int AS events,
         (count(*) FILTER (WHERE type = 'conversation.created'))::int AS conversations,
         (count(*) FILTER (WHERE type = 'escalation.triggered'))::int AS escalations,
         (count(*) FILTER (WHERE type IN ('message.received', 'message.sent')))::int AS messages
       FROM (SELECT type FROM events WHERE organization_id = current_organization() AND id >= $3 AND id < $4 AND NOT test
         LIMIT ${mostEvents + 1}) e) e,
       (SELECT count(*)::int AS "deadLetters" FROM dead_letters
         WHERE organization_id = current_organization() AND failed_at >= $1 AND failed_at < $2) d,
       (SELECT count(*)::int AS actions,
         (count(*) FILTER (WHERE state IN ('failed', 'ambiguous')))::int AS "actionsFailed"
       FROM actions WHERE organization_id = current_organization() AND id >= $3 AND id < $4) a,
       (SELECT count(*)::int AS runs, (count(*) FILTER (WHERE state = 'dead_lettered'))::int AS "runsFailed"
       FROM automation_runs WHERE organization_id = current_organization() AND id >= $3 AND id < $4) r`,
    [from, to, firstIdOf(from.getTime()), firstIdOf(to.getTime())],
  );
  if (!row) throw new Error('nothing was counted');
  const text = (count: number) => (row.events > mostEvents ? `more than ${count}` : String(count));
  return {
    date: new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at),
    events: row.events > mostEvents ? `more than ${mostEvents}` : String(row.events),
    conversations: text(row.conversations),
    escalations: text(row.escalations),
    messages: text(row.messages),
    deadLetters: String(row.deadLetters),
    actions: String(row.actions),
    actionsFailed: String(row.actionsFailed),
    runs: String(row.runs),
    runsFailed: String(row.runsFailed),
    openAlerts: String(row.openAlerts),
  };
}

/** The first id of a millisecond: ids begin with their time. */
function firstIdOf(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
