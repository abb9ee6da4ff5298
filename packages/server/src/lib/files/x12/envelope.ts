import type { FileFinding } from '@trunkline/contract/files';
import { finding } from '../finding.ts';
import type { X12Interchange, X12Segment } from './parse.ts';

/** From ST to SE, both included. */
export interface X12Transaction {
  kind: string;
  controlNumber: string;
  segments: readonly X12Segment[];
}

export interface X12Group {
  header: X12Segment;
  transactions: readonly X12Transaction[];
}

/** An interchange taken apart. */
export interface X12Envelope {
  header: X12Segment;
  /** TA1: acknowledgements of interchanges, which stand outside of groups. */
  acknowledgements: readonly X12Segment[];
  groups: readonly X12Group[];
  /** What does not fit together: counts, control numbers, ends that are missing. */
  findings: readonly FileFinding[];
}

interface OpenGroup extends X12Group {
  transactions: X12Transaction[];
}
interface OpenTransaction extends X12Transaction {
  segments: X12Segment[];
}

/** Element of a segment by its number, from 1; empty when it is absent. */
export function elementOf(segment: X12Segment, number: number): string {
  return segment.elements[number - 1] ?? '';
}

/**
 * Takes an interchange apart into groups and transactions, and checks counts and control numbers. Whatever the
 * findings, all that can be read is there.
 */
export function readEnvelope({ segments }: X12Interchange): X12Envelope {
  const findings: FileFinding[] = [];
  const report = (code: string, at: X12Segment | undefined, number: number | null, message: string) =>
    findings.push(
      finding('error', code, message, {
        segment: at?.id ?? null,
        position: at?.position ?? null,
        element: at && number !== null ? `${at.id}${String(number).padStart(2, '0')}` : null,
      }),
    );
  const sameNumber = (head: X12Segment, headAt: number, end: X12Segment, endAt: number) => {
    if (elementOf(head, headAt).trim() === elementOf(end, endAt).trim()) return;
    report(
      'control_number_differs',
      end,
      endAt,
      `The control number of ${end.id} is another than that of its ${head.id}.`,
    );
  };
  const sameCount = (end: X12Segment, what: string, count: number) => {
    if (/^\d{1,10}$/.test(elementOf(end, 1)) && Number(elementOf(end, 1)) === count) return;
    report('count_differs', end, 1, `${end.id} counts another number of ${what} than there are (${count}).`);
  };

  const [header, ...rest] = segments;
  // The parser lets nothing begin without an ISA.
  if (header === undefined) throw new RangeError('An interchange without segments');
  const acknowledgements: X12Segment[] = [];
  const groups: OpenGroup[] = [];
  let group: OpenGroup | null = null;
  let transaction: OpenTransaction | null = null;
  let ended = false;
  const groupNumbers = new Set<string>();
  let transactionNumbers = new Set<string>();

  const leaveTransaction = (at: X12Segment | undefined) => {
    if (!transaction) return;
    report('transaction_not_ended', at, null, 'A transaction has no SE.');
    transaction = null;
  };
  const leaveGroup = (at: X12Segment | undefined) => {
    leaveTransaction(at);
    if (!group) return;
    report('group_not_ended', at, null, 'A group has no GE.');
    group = null;
  };

  for (const segment of rest) {
    switch (segment.id) {
      case 'TA1':
        acknowledgements.push(segment);
        break;
      case 'GS': {
        leaveGroup(segment);
        if (groupNumbers.has(elementOf(segment, 6))) {
          report('control_number_repeated', segment, 6, 'Two groups have the same control number.');
        }
        groupNumbers.add(elementOf(segment, 6));
        transactionNumbers = new Set();
        group = { header: segment, transactions: [] };
        groups.push(group);
        break;
      }
      case 'ST': {
        leaveTransaction(segment);
        if (transactionNumbers.has(elementOf(segment, 2))) {
          report(
            'control_number_repeated',
            segment,
            2,
            'Two transactions of a group have the same control number.',
          );
        }
        transactionNumbers.add(elementOf(segment, 2));
        if (!group) {
          report('outside_of_group', segment, null, 'A transaction begins outside of a group (GS).');
          break;
        }
        transaction = {
          kind: elementOf(segment, 1),
          controlNumber: elementOf(segment, 2),
          segments: [segment],
        };
        group.transactions.push(transaction);
        break;
      }
      case 'SE':
        if (!transaction) {
          report('end_without_head', segment, null, 'SE ends a transaction that has no ST.');
          break;
        }
        transaction.segments.push(segment);
        sameCount(segment, 'segments', transaction.segments.length);
        sameNumber(transaction.segments[0] ?? segment, 2, segment, 2);
        transaction = null;
        break;
      case 'GE':
        leaveTransaction(segment);
        if (!group) {
          report('end_without_head', segment, null, 'GE ends a group that has no GS.');
          break;
        }
        sameCount(segment, 'transactions', group.transactions.length);
        sameNumber(group.header, 6, segment, 2);
        group = null;
        break;
      case 'IEA':
        leaveGroup(segment);
        sameCount(segment, 'groups', groups.length);
        sameNumber(header, 13, segment, 2);
        ended = true;
        break;
      default:
        if (transaction) transaction.segments.push(segment);
        else {
          report(
            'outside_of_transaction',
            segment,
            null,
            'A segment stands outside of any transaction (ST to SE).',
          );
        }
    }
  }
  const last = segments.at(-1);
  if (!ended) {
    leaveGroup(last);
    report('interchange_not_ended', last, null, 'The interchange has no IEA: the file may be cut off.');
  }
  return { header, acknowledgements, groups, findings };
}
