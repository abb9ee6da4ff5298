import type { IntegrationDetail } from '@trunkline/contract/integrations';
import type { LogEntry } from '@trunkline/contract/logs';

/**
 * What the support of a provider asks first, as a text to paste: what fails, since when, at which step, and by which ids
 * they find it. It has no name of the organization, no value of a credential and no content.
 */
export function supportSummary(
  { provider, problem, status, statusSince, report, lastCheckAt }: SummaryFacts,
  line: Pick<LogEntry, 'at' | 'details'> | null,
): string {
  const { host, requestId, messageId } = line?.details ?? {};
  const rows: [string, string | number | boolean | null | undefined][] = [
    ['Service', provider.name],
    ['Host', host],
    ['What happens', problem === null ? `It is ${status} now.` : `${problem.title}. ${problem.cause}`],
    ['Since', utc(statusSince)],
    ['Last check', lastCheckAt === null ? null : utc(lastCheckAt)],
    ...(report?.steps ?? []).map(({ label, status: state }): [string, string] => [`  ${label}`, state]),
    ['Code', report?.code],
    ['Request id', requestId],
    ['Message id', messageId],
    ['Time of that call', requestId || messageId ? utc(line?.at ?? '') : null],
  ];
  return rows
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');
}

type SummaryFacts = Pick<
  IntegrationDetail,
  'problem' | 'status' | 'statusSince' | 'report' | 'lastCheckAt'
> & { provider: Pick<IntegrationDetail['provider'], 'name'> };

/** `2026-11-29 10:42:07 UTC` */
const utc = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;
