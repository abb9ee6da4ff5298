import type { Acknowledgement, AcknowledgementOutcome } from '@trunkline/contract/files';
import {
  elementErrors,
  groupErrors,
  interchangeNotes,
  meaningOf,
  segmentErrors,
  transactionErrors,
} from './acknowledgement-words.ts';
import { elementOf, readEnvelope } from './envelope.ts';
import { parseX12 } from './parse.ts';
import type { X12Segment } from './parse.ts';

type Group = Acknowledgement['groups'][number];
type Transaction = Group['transactions'][number];
type SegmentError = Transaction['segments'][number];

/** The text is X12, but acknowledges nothing. */
export class NoAcknowledgementError extends Error {
  constructor() {
    super('The file holds no acknowledgement (TA1, 999 or 997).');
    this.name = 'NoAcknowledgementError';
  }
}

/** From the best to the worst. */
const outcomes: readonly AcknowledgementOutcome[] = [
  'accepted',
  'accepted_with_errors',
  'partly_accepted',
  'rejected',
];

/**
 * Reads a TA1, a 999 or its predecessor 997, alone or together, into words. Copies of bad data are personal and are
 * left out.
 * @throws X12SyntaxError, NoAcknowledgementError
 */
export function readAcknowledgement(text: string): Acknowledgement {
  const envelopes = parseX12(text).map(readEnvelope);
  const interchanges = envelopes.flatMap(({ acknowledgements }) => acknowledgements.map(readTa1));
  const groups = envelopes.flatMap((envelope) =>
    envelope.groups.flatMap(({ transactions }) =>
      transactions
        .filter(({ kind }) => kind === '999' || kind === '997')
        .flatMap(({ segments }) => readGroup(segments)),
    ),
  );
  const all = [...interchanges, ...groups].map(({ outcome }) => outcome);
  if (all.length === 0) throw new NoAcknowledgementError();
  return { outcome: worst(all), interchanges, groups };
}

function worst(all: readonly AcknowledgementOutcome[]): AcknowledgementOutcome {
  return outcomes.findLast((one) => all.includes(one)) ?? 'rejected';
}

/** A, E, P; M, R, W, X and everything that is not known mean that nothing was taken. */
function outcomeOf(code: string): AcknowledgementOutcome {
  if (code === 'A') return 'accepted';
  if (code === 'E') return 'accepted_with_errors';
  return code === 'P' ? 'partly_accepted' : 'rejected';
}

function numberOf(text: string): number {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
}

function readTa1(segment: X12Segment): Acknowledgement['interchanges'][number] {
  const code = codeOf(elementOf(segment, 5)) ?? '';
  return {
    controlNumber: numberOf(elementOf(segment, 1)),
    outcome: outcomeOf(elementOf(segment, 4)),
    note: { code, message: meaningOf(interchangeNotes, code) },
  };
}

/** A code as it stands there; null for what is no code, as it could be anything then. */
function codeOf(text: string): string | null {
  return /^[A-Z0-9]{1,3}$/.test(text) ? text : null;
}

function codedMessages(segment: X12Segment, from: number, to: number, table: Record<string, string>) {
  return segment.elements.slice(from - 1, to).flatMap((text) => {
    const code = codeOf(text);
    return code === null ? [] : [{ code, message: meaningOf(table, code) }];
  });
}

/** The parts of a 999 and of a 997 differ in names only. */
function readGroup(segments: readonly X12Segment[]): Group[] {
  let group: Group | null = null;
  let transaction: Transaction | null = null;
  let error: SegmentError | null = null;
  const groups: Group[] = [];
  for (const segment of segments) {
    switch (segment.id) {
      case 'AK1':
        group = {
          controlNumber: numberOf(elementOf(segment, 2)),
          functionalCode: codeOf(elementOf(segment, 1)) ?? '',
          // Until its end says otherwise, nothing is known to be taken.
          outcome: 'rejected',
          included: 0,
          received: 0,
          accepted: 0,
          errors: [],
          transactions: [],
        };
        groups.push(group);
        break;
      case 'AK2':
        transaction = {
          controlNumber: elementOf(segment, 2).slice(0, 9),
          outcome: 'rejected',
          errors: [],
          segments: [],
        };
        group?.transactions.push(transaction);
        break;
      case 'IK3':
      case 'AK3':
        error = readSegmentError(segment);
        transaction?.segments.push(error);
        break;
      case 'IK4':
      case 'AK4':
        error?.elements.push(readElementError(segment, error.segment));
        break;
      case 'IK5':
      case 'AK5':
        if (!transaction) break;
        transaction.outcome = outcomeOf(elementOf(segment, 1));
        transaction.errors = codedMessages(segment, 2, 6, transactionErrors);
        break;
      case 'AK9':
        if (!group) break;
        group.outcome = outcomeOf(elementOf(segment, 1));
        group.included = numberOf(elementOf(segment, 2));
        group.received = numberOf(elementOf(segment, 3));
        group.accepted = numberOf(elementOf(segment, 4));
        group.errors = codedMessages(segment, 5, 9, groupErrors);
        break;
      default:
    }
  }
  return groups;
}

function readSegmentError(segment: X12Segment): SegmentError {
  const code = codeOf(elementOf(segment, 4));
  return {
    segment: codeOf(elementOf(segment, 1)) ?? '',
    position: numberOf(elementOf(segment, 2)),
    loop: /^[A-Z0-9]{1,6}$/.test(elementOf(segment, 3)) ? elementOf(segment, 3) : null,
    code,
    message: code === null ? 'The segment has errors.' : meaningOf(segmentErrors, code),
    elements: [],
  };
}

function readElementError(segment: X12Segment, id: string): SegmentError['elements'][number] {
  // The element may come with its component and repetition, behind a separator of any kind.
  const place = /^(\d{1,2})(?!\d)/.exec(elementOf(segment, 1))?.[1] ?? '';
  const code = codeOf(elementOf(segment, 3)) ?? '';
  return { element: `${id}${place.padStart(2, '0')}`, code, message: meaningOf(elementErrors, code) };
}
