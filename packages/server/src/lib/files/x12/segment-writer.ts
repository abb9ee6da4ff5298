import type { Delimiters } from '@trunkline/contract/files';

/** One segment to be written, with the fields of the input that its elements come from. */
export interface DraftSegment {
  id: string;
  elements: string[];
  /** By element, from 0; null where the value is not of the input. */
  fields: (string | null)[];
  /** Index in the list of members; null: of the file itself. */
  member: number | null;
}

/** A value with the field it comes from, or a value of our own. */
export type Value = { value: string | undefined; field: string } | string | undefined;

/** Names the field that a value comes from. */
export function of(field: string, value: string | undefined): Value {
  return { field, value };
}

/** A segment without the empty elements at its end. */
export function draft(member: number | null, id: string, ...values: readonly Value[]): DraftSegment {
  const elements = values.map((one) => (typeof one === 'object' ? one.value : one) ?? '');
  const fields = values.map((one) => (typeof one === 'object' ? one.field : null));
  while (elements.at(-1) === '') elements.pop();
  return { id, elements, fields: fields.slice(0, elements.length), member };
}

/** The text of segments. The values must be free of delimiters. */
export function joinSegments(
  segments: readonly { id: string; elements: readonly string[] }[],
  { element, segment, lineEnd }: Delimiters,
): string {
  return segments.map(({ id, elements }) => [id, ...elements].join(element) + segment + lineEnd).join('');
}

export interface InterchangeHead {
  sender: { qualifier: string; id: string; applicationId?: string | undefined };
  receiver: { qualifier: string; id: string; applicationId?: string | undefined };
  /** Milliseconds since 1970; written in UTC. */
  createdAt: number;
  controlNumber: number;
  test: boolean;
  acknowledgementRequested: boolean;
}

/** `20261201` and `0930`, in UTC. */
export function dateAndTime(at: number): { date: string; time: string } {
  const iso = new Date(at).toISOString();
  return { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 16).replace(':', '') };
}

/** By the index of the element. */
const isaFields: Record<number, string> = { 5: 'sender.id', 7: 'receiver.id' };

/** ISA and GS for one group, and their ends. */
export function envelopeOf(
  head: InterchangeHead,
  group: { functionalCode: string; version: string; transactions: number },
  delimiters: Delimiters,
): { begin: DraftSegment[]; end: DraftSegment[] } {
  const { date, time } = dateAndTime(head.createdAt);
  const number = String(head.controlNumber);
  const padded = number.padStart(9, '0');
  return {
    begin: [
      {
        id: 'ISA',
        elements: [
          '00',
          ' '.repeat(10),
          '00',
          ' '.repeat(10),
          head.sender.qualifier,
          head.sender.id.padEnd(15),
          head.receiver.qualifier,
          head.receiver.id.padEnd(15),
          date.slice(2),
          time,
          delimiters.repetition,
          '00501',
          padded,
          head.acknowledgementRequested ? '1' : '0',
          head.test ? 'T' : 'P',
          delimiters.component,
        ],
        fields: Array.from({ length: 16 }, (_, index) => isaFields[index] ?? null),
        member: null,
      },
      draft(
        null,
        'GS',
        group.functionalCode,
        of('sender.applicationId', head.sender.applicationId ?? head.sender.id),
        of('receiver.applicationId', head.receiver.applicationId ?? head.receiver.id),
        date,
        time,
        number,
        'X',
        group.version,
      ),
    ],
    end: [draft(null, 'GE', String(group.transactions), number), draft(null, 'IEA', '1', padded)],
  };
}
