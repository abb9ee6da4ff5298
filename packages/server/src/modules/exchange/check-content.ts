import type { ExchangeKind } from '@trunkline/contract/exchange';
import type { Acknowledgement, CsvLayout, FileFinding } from '@trunkline/contract/files';
import { readContributions401k } from '../../lib/files/contributions.ts';
import { finding } from '../../lib/files/finding.ts';
import { readPayroll } from '../../lib/files/payroll.ts';
import { elementOf } from '../../lib/files/x12/envelope.ts';
import { X12SyntaxError, parseX12 } from '../../lib/files/x12/parse.ts';
import { NoAcknowledgementError, readAcknowledgement } from '../../lib/files/x12/read-acknowledgement.ts';
import { validate834 } from '../../lib/files/x12/validate-834.ts';

/** What is wrong with a file, by its kind. Of acknowledgements and other files nothing is known to be wrong. */
export function checkContent(kind: ExchangeKind, content: Buffer, layout: CsvLayout | null): FileFinding[] {
  if (kind === 'enrollment') return validate834(content.toString('latin1'));
  if (layout === null || kind === 'acknowledgement' || kind === 'other') return [];
  const read = kind === 'payroll' ? readPayroll : readContributions401k;
  return read(content, layout).findings;
}

export function countFindings(findings: readonly FileFinding[]): { errors: number; warnings: number } {
  const count = (severity: FileFinding['severity']) =>
    findings.filter((one) => one.severity === severity).length;
  return { errors: count('error'), warnings: count('warning') };
}

/** The number of the first interchange of an X12 file, and whether it is a test; nulls for what is no X12. */
export function readEnvelopeMarks(content: Buffer): { controlNumber: number | null; test: boolean | null } {
  try {
    const header = parseX12(content.toString('latin1'))[0]?.segments[0];
    const number = header ? elementOf(header, 13) : '';
    return {
      controlNumber: /^\d{9}$/.test(number) && Number(number) > 0 ? Number(number) : null,
      test: header ? elementOf(header, 15) === 'T' : null,
    };
  } catch (error) {
    if (error instanceof X12SyntaxError) return { controlNumber: null, test: null };
    throw error;
  }
}

/** The acknowledgement in a file; null when there is none. */
export function acknowledgementIn(content: Buffer): Acknowledgement | null {
  try {
    return readAcknowledgement(content.toString('latin1'));
  } catch (error) {
    if (error instanceof X12SyntaxError || error instanceof NoAcknowledgementError) return null;
    throw error;
  }
}

/**
 * What an acknowledgement complains about, as findings; with the file that it answers, each names the member.
 */
export function findingsOf(acknowledgement: Acknowledgement, answered: Buffer | null): FileFinding[] {
  const text = answered?.toString('latin1') ?? null;
  const envelope = acknowledgement.interchanges.flatMap(({ outcome, note }) =>
    outcome === 'accepted' ? [] : [finding('error', `ta1_${note.code}`, note.message, { segment: 'ISA' })],
  );
  const groups = acknowledgement.groups.flatMap(({ errors, transactions }) => [
    ...errors.map(({ code, message }) => finding('error', `group_${code}`, message, { segment: 'GS' })),
    ...transactions.flatMap(({ controlNumber, errors: own, segments, outcome }) => [
      ...own.map(({ code, message }) =>
        finding(outcome === 'rejected' ? 'error' : 'warning', `transaction_${code}`, message, {
          segment: 'ST',
        }),
      ),
      ...segments.flatMap(({ segment, position, code, message, elements }) => {
        const member = text === null ? null : memberAtPosition(text, controlNumber, position);
        const place = { segment, position, member };
        return elements.length === 0
          ? [finding('error', `segment_${code ?? 'unknown'}`, message, place)]
          : elements.map((one) =>
              finding('error', `element_${one.code}`, one.message, { ...place, element: one.element }),
            );
      }),
    ]),
  ]);
  return [...envelope, ...groups];
}

/** Which member of an enrollment file a place of a transaction belongs to; null for none. */
function memberAtPosition(text: string, controlNumber: string, position: number): number | null {
  const segments = parseX12(text).flatMap((interchange) => interchange.segments);
  const begin = segments.findIndex((one) => one.id === 'ST' && elementOf(one, 2) === controlNumber);
  const members = segments.slice(0, begin + position).filter(({ id }) => id === 'INS').length;
  return begin < 0 || members === 0 ? null : members;
}
