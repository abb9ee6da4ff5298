import type { ExchangeFile, ExchangeKind } from '@trunkline/contract/exchange';
import type { AcknowledgementOutcome, FileFinding } from '@trunkline/contract/files';
import type { Status } from '../../components/StatusBadge.tsx';

/** What a file is, in words. */
export const kindWords: Record<ExchangeKind, string> = {
  enrollment: 'Enrollment (EDI 834)',
  contributions: 'Contributions (CSV)',
  census: 'Census (CSV)',
  payroll: 'Payroll (CSV)',
  acknowledgement: 'Acknowledgement',
  other: 'Other file',
};

/** What the partner says, in words. */
export const outcomeWords: Record<AcknowledgementOutcome, string> = {
  accepted: 'Accepted',
  accepted_with_errors: 'Accepted with errors',
  partly_accepted: 'Partly accepted',
  rejected: 'Rejected',
};

/** The badge of a file: its state, and where the partner took it only in part, that. */
export function badgeOf({ state, outcome }: Pick<ExchangeFile, 'state' | 'outcome'>): Status {
  if (state === 'acknowledged' && outcome !== null && outcome !== 'accepted') return 'partly';
  return state;
}

/** What can be done next with a file, as a sentence. */
export function stateSentence(
  file: Pick<ExchangeFile, 'state' | 'direction' | 'outcome' | 'error' | 'errors' | 'erased' | 'kind'>,
  transport: 'sftp' | 'manual',
): string {
  if (file.erased) return 'Its content was erased. That it was there stays known.';
  switch (file.state) {
    case 'draft':
      return file.errors > 0
        ? 'It has errors and cannot be sent. Mend them where the data comes from, and write it anew.'
        : `It cannot be sent. ${file.error ?? ''}`.trim();
    case 'ready':
      if (file.error !== null) return `The last try to send it did not work: ${file.error}`;
      return transport === 'sftp'
        ? 'Nothing is wrong with it: it can be sent.'
        : 'Nothing is wrong with it: download it, bring it to the partner, and say so here.';
    case 'sent':
      return file.kind === 'enrollment'
        ? 'It is with the partner, which has not answered yet.'
        : 'It is with the partner.';
    case 'acknowledged':
      return file.outcome === 'accepted' || file.outcome === null
        ? 'The partner has taken it.'
        : 'The partner has taken it, with errors: see its answer.';
    case 'rejected':
      return 'The partner has not taken it: see its answer.';
    case 'received':
      return 'It came from the partner.';
  }
}

/** Where a finding is: `Segment INS (12), INS02, member 3`, `Row 4, Check Date`; empty for the whole file. */
export function placeOf(finding: FileFinding): string {
  const { segment, position, element, member, row, column } = finding;
  const parts = [
    row === null ? null : `Row ${row}`,
    column,
    segment === null ? null : `Segment ${segment}${position === null ? '' : ` (${position})`}`,
    element,
    member === null ? null : `member ${member}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** A size in bytes: `812 B`, `12.4 kB`, `3.1 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
