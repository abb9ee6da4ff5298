import type { FileFinding } from '@trunkline/contract/files';
import { finding } from '../finding.ts';
import { checkSegment } from './check-segment.ts';
import { elementOf, readEnvelope } from './envelope.ts';
import type { X12Envelope, X12Transaction } from './envelope.ts';
import type { SegmentRule } from './guide.ts';
import { functionalCode834, guide834, version834 } from './guide-834.ts';
import { geRule, gsRule, ieaRule, isaRule, seRule, stRule } from './guide-envelope.ts';
import { checkMembers } from './member-rules-834.ts';
import { membersOf } from './members-834.ts';
import type { MemberSegments } from './members-834.ts';
import { X12SyntaxError, parseX12 } from './parse.ts';
import type { X12Interchange, X12Segment } from './parse.ts';
import { walkGuide } from './walk.ts';

const envelopeRules = new Map<string, SegmentRule>(
  [isaRule, gsRule(functionalCode834, version834), stRule('834', version834), seRule, geRule, ieaRule].map(
    (rule) => [rule.id, rule],
  ),
);

/**
 * Checks a benefit enrollment file (834, 005010X220A1): envelopes, order and number of segments, elements, codes and
 * dates, and what members say about each other. In the order of the file. No finding holds a value of the file.
 */
export function validate834(text: string): FileFinding[] {
  let interchanges: X12Interchange[];
  try {
    interchanges = parseX12(text);
  } catch (error) {
    if (!(error instanceof X12SyntaxError)) throw error;
    return [finding('error', error.code, error.message, { position: error.position })];
  }
  const lists: (readonly FileFinding[])[] = [];
  let members: MemberSegments[] = [];
  let enrollments = 0;
  for (const interchange of interchanges) {
    const envelope = readEnvelope(interchange);
    lists.push(envelope.findings, checkEnvelope(interchange, envelope));
    for (const { transactions } of envelope.groups) {
      for (const transaction of transactions) {
        if (transaction.kind !== '834') continue;
        enrollments += 1;
        const checked = checkTransaction(transaction, members.length + 1);
        lists.push(checked.findings);
        members = members.concat(checked.members);
      }
    }
  }
  if (enrollments === 0) {
    lists.push([
      finding('error', 'no_enrollment', 'The file holds no enrollment (ST 834).', { segment: 'ST' }),
    ]);
  }
  return lists
    .flat()
    .map((one) => (one.member === null ? { ...one, member: memberAt(members, one.position) } : one))
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

function checkEnvelope({ delimiters, segments }: X12Interchange, envelope: X12Envelope): FileFinding[] {
  const findings = segments.flatMap((segment) => {
    const rule = envelopeRules.get(segment.id);
    return rule ? checkSegment(segment, rule) : [];
  });
  const { header } = envelope;
  const place = { segment: 'ISA', position: header.position };
  if (/^[A-Za-z0-9 ]$/.test(delimiters.repetition)) {
    findings.push(
      finding('error', 'no_repetition_separator', 'ISA11 is no separator, as version 00501 wants.', {
        ...place,
        element: 'ISA11',
      }),
    );
  }
  if (elementOf(header, 15) === 'T') {
    findings.push(
      finding('info', 'test_file', 'The file is marked as a test (ISA15 = T).', {
        ...place,
        element: 'ISA15',
      }),
    );
  }
  return findings;
}

function checkTransaction(
  transaction: X12Transaction,
  firstMember: number,
): { findings: FileFinding[]; members: MemberSegments[] } {
  const inside = transaction.segments.filter(({ id }) => id !== 'ST' && id !== 'SE');
  const { placed, findings } = walkGuide(guide834, inside);
  for (const { segment, rule } of placed) if (rule) findings.push(...checkSegment(segment, rule));
  const members = membersOf(placed, firstMember);
  const bgn = inside.find(({ id }) => id === 'BGN') ?? null;
  return {
    members,
    findings: [...findings, ...checkMembers(members, bgn), ...checkTotals(inside, members)],
  };
}

/** The totals of the head (QTY): DT dependents, ET subscribers, TO both. */
function checkTotals(segments: readonly X12Segment[], members: readonly MemberSegments[]): FileFinding[] {
  const subscribers = members.filter(({ ins }) => elementOf(ins, 1) === 'Y').length;
  const counts: Record<string, number> = {
    DT: members.length - subscribers,
    ET: subscribers,
    TO: members.length,
  };
  return segments.flatMap((segment) => {
    const count = segment.id === 'QTY' ? counts[elementOf(segment, 1)] : undefined;
    if (count === undefined || Number(elementOf(segment, 2)) === count) return [];
    return [
      finding('error', 'total_differs', `A total (QTY02) is another than what the file holds (${count}).`, {
        segment: 'QTY',
        position: segment.position,
        element: 'QTY02',
      }),
    ];
  });
}

/** The member to which a place of the file belongs: null outside of them. */
function memberAt(members: readonly MemberSegments[], position: number | null): number | null {
  if (position === null) return null;
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((members[middle]?.ins.position ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  const member = members[low - 1];
  return member && position <= member.end ? member.number : null;
}
