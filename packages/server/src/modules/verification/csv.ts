import type { VerificationReport } from '@trunkline/contract/verification';
import { csvLine } from '../../lib/csv-line.ts';

const columns = [
  'Integration',
  'Provider',
  'Account',
  'Result',
  'Status',
  'Findings',
  'Uptime of 30 days (%)',
  'Target (%)',
  'Age of credentials (days)',
  'Checked at (UTC)',
];

/** The report as CSV, with a line for each integration; it begins with the mark by which spreadsheets know UTF-8. */
export function csvOf({ items }: Pick<VerificationReport, 'items'>): string {
  const lines = items.map((item) =>
    csvLine([
      item.name,
      item.provider.name,
      item.account,
      item.outcome,
      item.status,
      item.findings.map(({ text }) => text).join(' '),
      item.uptimePercent === null ? null : Number(item.uptimePercent.toFixed(3)),
      item.uptimeTarget,
      item.credentialsAgeDays,
      item.checkedAt,
    ]),
  );
  return `\u{FEFF}${csvLine(columns)}${lines.join('')}`;
}
