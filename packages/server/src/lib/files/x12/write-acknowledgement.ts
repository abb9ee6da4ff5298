import { version834 } from './guide-834.ts';
import { dateAndTime, draft, envelopeOf, joinSegments } from './segment-writer.ts';
import type { DraftSegment, InterchangeHead } from './segment-writer.ts';

export interface SegmentComplaint {
  segment: string;
  position: number;
  loop?: string;
  code: string;
  elements?: readonly { element: number; code: string; copy?: string }[];
}

export interface AcknowledgementInput extends InterchangeHead {
  /** About the envelope (TA1). */
  interchange?: { controlNumber: number; createdAt: number; code: 'A' | 'E' | 'R'; note: string };
  /** About a group of enrollments (999). */
  group?: {
    controlNumber: number;
    code: 'A' | 'E' | 'P' | 'R';
    errors?: readonly string[];
    transactions: readonly {
      controlNumber: string;
      code: 'A' | 'E' | 'R';
      errors?: readonly string[];
      segments?: readonly SegmentComplaint[];
    }[];
  };
}

const version999 = '005010X231A1';
const delimiters = { element: '*', component: ':', repetition: '^', segment: '~', lineEnd: '' } as const;

/** Writes what a carrier answers to an enrollment file: a TA1, a 999, or both in one interchange. */
export function writeAcknowledgement(input: AcknowledgementInput): string {
  const { interchange, group } = input;
  const transactions = group ? [draftGroup(group)] : [];
  const { begin, end } = envelopeOf(
    input,
    { functionalCode: 'FA', version: version999, transactions: 1 },
    delimiters,
  );
  const [isa, gs] = begin;
  const [ge, iea] = end;
  const segments = [
    isa,
    ...(interchange ? [draftTa1(interchange)] : []),
    ...(group ? [gs, ...transactions.flat(), ge] : []),
    iea && { ...iea, elements: [group ? '1' : '0', ...iea.elements.slice(1)] },
  ].filter((one) => one !== undefined);
  return joinSegments(segments, delimiters);
}

function draftTa1({
  controlNumber,
  createdAt,
  code,
  note,
}: NonNullable<AcknowledgementInput['interchange']>) {
  const { date, time } = dateAndTime(createdAt);
  return draft(null, 'TA1', String(controlNumber).padStart(9, '0'), date.slice(2), time, code, note);
}

function draftGroup(group: NonNullable<AcknowledgementInput['group']>): DraftSegment[] {
  const { transactions } = group;
  const accepted = transactions.filter(({ code }) => code !== 'R').length;
  const count = String(transactions.length);
  const inside = [
    draft(null, 'AK1', 'BE', String(group.controlNumber), version834),
    ...transactions.flatMap((transaction) => [
      draft(null, 'AK2', '834', transaction.controlNumber, version834),
      ...(transaction.segments ?? []).flatMap((segment) => [
        draft(null, 'IK3', segment.segment, String(segment.position), segment.loop, segment.code),
        ...(segment.elements ?? []).map(({ element, code, copy }) =>
          draft(null, 'IK4', String(element), '', code, copy),
        ),
      ]),
      draft(null, 'IK5', transaction.code, ...(transaction.errors ?? [])),
    ]),
    draft(null, 'AK9', group.code, count, count, String(accepted), ...(group.errors ?? [])),
  ];
  return [
    draft(null, 'ST', '999', '0001', version999),
    ...inside,
    draft(null, 'SE', String(inside.length + 2), '0001'),
  ];
}
