import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import type { StatusUpdate } from '@trunkline/contract/status-updates';
import type { Config } from '../../config/env.ts';
import type { NoticeKind } from './notices.ts';
import { plural } from './words.ts';

/** One alert that a message tells of, as it was when the message was made. */
export interface ToldAlert {
  alertId: string;
  kind: NoticeKind;
  severity: AlertSeverity;
  group: string;
  subject: string;
  title: string;
  cause: string;
  impact: string;
  startedAt: string;
  acknowledgedBy: string | null;
  resolvedAt: string | null;
  resolvedBy: string | null;
}

/** A paragraph of a message. */
export interface MessagePart {
  severity: AlertSeverity;
  /** What it tells of is over. */
  over: boolean;
  heading: string;
  lines: string[];
  href: string;
}

/** What a channel is told, in a form that every kind of channel can show. */
export interface MessageContent {
  title: string;
  parts: MessagePart[];
  /** Of this message as JSON: at most the first hundred. */
  alerts: Pick<ToldAlert, 'alertId' | 'kind' | 'severity' | 'subject' | 'title' | 'startedAt'>[];
  count: number;
  /** Integrations that it is about; none of them carries it. */
  integrationIds: string[];
}

/** More of one group than this is told in one sentence. */
const sameGroup = 3;
const namesShown = 3;
const partsShown = 20;
const alertsListed = 100;

const words: Record<AlertSeverity, string> = { critical: 'Critical', warning: 'Warning', info: 'Note' };
const ranks: Record<AlertSeverity, number> = { critical: 0, warning: 1, info: 2 };

/**
 * One message of everything that a channel has still to be told. What began and ended since is told as over; what
 * concerns many of one group is told in one paragraph.
 */
export function composeAlerts(
  told: readonly (ToldAlert & { integrationId: string | null })[],
  { publicUrl }: Pick<Config, 'publicUrl'>,
): MessageContent {
  const latest = new Map<string, ToldAlert & { integrationId: string | null }>();
  for (const one of told) latest.set(one.alertId, one);
  const all = [...latest.values()];
  const groups = new Map<string, ToldAlert[]>();
  for (const one of all) {
    const key = `${isOver(one) ? 'over' : one.kind} ${one.group}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const parts = [...groups.values()]
    .flatMap((group) =>
      group.length > sameGroup ? [partOfMany(group, publicUrl)] : group.map((one) => partOf(one, publicUrl)),
    )
    .sort((a, b) => Number(a.over) - Number(b.over) || ranks[a.severity] - ranks[b.severity]);
  return {
    title: titleOf(all, parts),
    parts:
      parts.length <= partsShown
        ? parts
        : [...parts.slice(0, partsShown - 1), remainder(parts.slice(partsShown - 1), publicUrl)],
    alerts: all.slice(0, alertsListed).map(({ alertId, kind, severity, subject, title, startedAt }) => ({
      alertId,
      kind,
      severity,
      subject,
      title,
      startedAt,
    })),
    count: all.length,
    integrationIds: [...new Set(all.flatMap(({ integrationId }) => integrationId ?? []))].slice(0, 1_000),
  };
}

/** A status update as a message. */
export function composeStatusUpdate(
  update: StatusUpdate,
  { publicUrl }: Pick<Config, 'publicUrl'>,
): MessageContent {
  const about = update.integrations.map(({ name }) => name).join(', ');
  return {
    title: `Status update: ${firstLine(update.text)}`,
    parts: [
      {
        severity: update.severity,
        over: update.resolved,
        heading: firstLine(update.text),
        lines: [update.text, ...(about === '' ? [] : [`About: ${about}`]), `Posted by ${update.postedBy}.`],
        href: publicUrl,
      },
    ],
    alerts: [],
    count: 0,
    integrationIds: update.integrations.map(({ id }) => id),
  };
}

/** What the button [Send test] sends. */
export function composeTest(
  channel: string,
  by: string,
  { publicUrl, brand }: Pick<Config, 'publicUrl' | 'brand'>,
): MessageContent {
  return {
    title: `Test message of ${brand}`,
    parts: [
      {
        severity: 'info',
        over: false,
        heading: 'This is a test',
        lines: [`${by} sent it. Alerts for “${channel}” arrive here.`],
        href: `${publicUrl}/alerts/settings`,
      },
    ],
    alerts: [],
    count: 0,
    integrationIds: [],
  };
}

/** A message as plain text. */
export function textOf({ parts }: MessageContent): string {
  return parts
    .map(({ severity, over, heading, lines, href }) =>
      [`${over ? 'Over' : words[severity]}: ${heading}`, ...lines, href].join('\n'),
    )
    .join('\n\n');
}

const isOver = ({ resolvedAt }: ToldAlert): boolean => resolvedAt !== null;

function partOf(one: ToldAlert, publicUrl: string): MessagePart {
  const over = isOver(one);
  const lines = over
    ? [
        one.resolvedBy === null
          ? `It is over, after ${duration(one.startedAt, one.resolvedAt!)}.`
          : `Closed by ${one.resolvedBy}.`,
      ]
    : [one.cause, one.impact, `Since ${clock(one.startedAt)}.`];
  if (!over && one.kind === 'reminder') lines.push('It was snoozed and is still so.');
  if (!over && one.acknowledgedBy !== null) lines.push(`${one.acknowledgedBy} looks after it.`);
  return {
    severity: one.severity,
    over,
    heading: one.title,
    lines,
    href: `${publicUrl}/alerts/${one.alertId}`,
  };
}

function partOfMany(group: readonly ToldAlert[], publicUrl: string): MessagePart {
  const [first] = group;
  const over = isOver(first!);
  const severity = group.map((one) => one.severity).sort((a, b) => ranks[a] - ranks[b])[0]!;
  const names = group.slice(0, namesShown).map(({ subject }) => subject);
  const rest = group.length - names.length;
  const causes = [...new Set(group.map(({ cause }) => cause))];
  return {
    severity,
    over,
    heading: `${group.length.toLocaleString('en-GB')} alerts of one kind, such as: ${first!.title}`,
    lines: [
      `${names.join(', ')} and ${rest.toLocaleString('en-GB')} more.`,
      ...(over
        ? ['They are over.']
        : [causes[0]!, ...(causes.length > 1 ? [`${plural(causes.length - 1, 'other cause')}.`] : [])]),
    ],
    href: `${publicUrl}/alerts${over ? '?state=resolved' : ''}`,
  };
}

function remainder(parts: readonly MessagePart[], publicUrl: string): MessagePart {
  return {
    severity: parts[0]!.severity,
    over: parts.every(({ over }) => over),
    heading: `And ${plural(parts.length, 'other matter')}`,
    lines: parts.slice(0, namesShown).map(({ heading }) => heading),
    href: `${publicUrl}/alerts`,
  };
}

function titleOf(all: readonly ToldAlert[], parts: readonly MessagePart[]): string {
  const [first] = parts;
  if (parts.length === 1) return `${first!.over ? 'Over' : words[first!.severity]}: ${first!.heading}`;
  const over = all.filter(isOver).length;
  const begun = all.length - over;
  const counts = [
    begun > 0 ? plural(begun, 'alert') : '',
    over > 0 ? `${over.toLocaleString('en-GB')} over` : '',
  ];
  return `${counts.filter((text) => text !== '').join(', ')}: ${first!.heading}`;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function clock(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

function duration(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return plural(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? plural(hours, 'hour') : plural(Math.round(hours / 24), 'day');
}
