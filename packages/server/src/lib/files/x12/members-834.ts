import { elementOf } from './envelope.ts';
import type { PlacedSegment } from './walk.ts';
import type { X12Segment } from './parse.ts';

/** The segments of one member of an 834, by what they say. */
export interface MemberSegments {
  /** From 1, through the whole file. */
  number: number;
  ins: X12Segment;
  /** Position of the last segment of the member. */
  end: number;
  subscriberNumber: string;
  name: X12Segment | null;
  demographics: X12Segment | null;
  dates: readonly X12Segment[];
  coverages: readonly { hd: X12Segment; dates: readonly X12Segment[] }[];
}

interface Writable extends MemberSegments {
  dates: X12Segment[];
  coverages: { hd: X12Segment; dates: X12Segment[] }[];
}

/** The members of a transaction that was walked, numbered from `first`. */
export function membersOf(placed: readonly PlacedSegment[], first: number): MemberSegments[] {
  const members: Writable[] = [];
  for (const { segment, loops } of placed) {
    const loop = loops.at(-1)?.id;
    if (segment.id === 'INS') {
      members.push({
        number: first + members.length,
        ins: segment,
        end: segment.position,
        subscriberNumber: '',
        name: null,
        demographics: null,
        dates: [],
        coverages: [],
      });
      continue;
    }
    const member = members.at(-1);
    if (!member) continue;
    member.end = segment.position;
    if (loop === '2000' && segment.id === 'REF' && elementOf(segment, 1) === '0F') {
      member.subscriberNumber = elementOf(segment, 2);
    }
    if (loop === '2000' && segment.id === 'DTP') member.dates.push(segment);
    if (loop === '2100A' && segment.id === 'NM1') member.name = segment;
    if (loop === '2100A' && segment.id === 'DMG') member.demographics = segment;
    if (loop === '2300' && segment.id === 'HD') member.coverages.push({ hd: segment, dates: [] });
    if (loop === '2300' && segment.id === 'DTP') member.coverages.at(-1)?.dates.push(segment);
  }
  return members;
}
