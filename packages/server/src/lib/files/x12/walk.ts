import type { FileFinding } from '@trunkline/contract/files';
import { finding } from '../finding.ts';
import type { LoopRule, Part, SegmentRule } from './guide.ts';
import type { X12Segment } from './parse.ts';

/** A segment and the rule that it follows; null: the guide has no place for it. */
export interface PlacedSegment {
  segment: X12Segment;
  rule: SegmentRule | null;
  /** The loops that it stands in, from the outermost. */
  loops: readonly LoopRule[];
}

interface Frame {
  loop: LoopRule;
  slots: readonly (readonly Part[])[];
  /** The slot of the last segment; earlier ones are over. */
  at: number;
  counts: Map<Part, number>;
  /** The segment that began the loop. */
  begin: X12Segment;
}

interface Spot {
  /** Index of the frame. */
  depth: number;
  slot: number;
  part: Part;
}

/**
 * Follows the segments of a transaction, without its ST and SE, through a guide: gives every segment its rule, and
 * finds what is missing, too often, out of order or unknown. Elements are not looked at, but for the qualifiers that
 * tell segments apart.
 */
export function walkGuide(
  guide: LoopRule,
  segments: readonly X12Segment[],
): { placed: PlacedSegment[]; findings: FileFinding[] } {
  const findings: FileFinding[] = [];
  const placed: PlacedSegment[] = [];
  const [first] = segments;
  if (first === undefined) {
    findings.push(finding('error', 'transaction_empty', 'The transaction holds nothing.'));
    return { placed, findings };
  }
  const stack: Frame[] = [frameOf(guide, first)];

  const leave = (frame: Frame) => {
    for (const part of frame.slots.flat()) {
      if (part.use !== 'R' || frame.counts.has(part)) continue;
      const id = beginOf(part).id;
      findings.push(
        finding(
          'error',
          'required_segment_missing',
          `${id} (${part.name}) is missing in the ${frame.loop.name}.`,
          {
            segment: id,
            position: frame.begin.position,
          },
        ),
      );
    }
  };
  const count = (frame: Frame, part: Part, segment: X12Segment) => {
    const times = (frame.counts.get(part) ?? 0) + 1;
    frame.counts.set(part, times);
    if (times !== part.max + 1) return;
    findings.push(
      finding(
        'error',
        'too_many_segments',
        `${segment.id} (${part.name}) is there more than ${part.max} times in the ${frame.loop.name}.`,
        { segment: segment.id, position: segment.position },
      ),
    );
  };
  const place = ({ depth, slot, part }: Spot, segment: X12Segment) => {
    for (const frame of stack.splice(depth + 1).reverse()) leave(frame);
    const frame = stack[depth];
    if (!frame) return;
    frame.at = Math.max(frame.at, slot);
    count(frame, part, segment);
    if (part.kind === 'loop') stack.push(frameOf(part, segment));
    placed.push({ segment, rule: beginOf(part), loops: stack.map(({ loop }) => loop) });
  };

  const [begin] = guide.parts;
  if (first.id === begin.id) placed.push({ segment: first, rule: begin, loops: [guide] });
  else {
    findings.push(
      finding('error', 'required_segment_missing', `${begin.id} (${begin.name}) does not come first.`, {
        segment: begin.id,
        position: first.position,
      }),
    );
  }

  for (const segment of first.id === begin.id ? segments.slice(1) : segments) {
    const spot = find(stack, segment, fits, 'ahead') ?? find(stack, segment, sameId, 'ahead');
    if (spot) {
      place(spot, segment);
      continue;
    }
    const late = find(stack, segment, fits, 'behind') ?? find(stack, segment, sameId, 'behind');
    const frame = late && stack[late.depth];
    if (!frame) {
      findings.push(
        finding('error', 'segment_unknown', 'The guide has no place here for this segment.', {
          segment: segment.id,
          position: segment.position,
        }),
      );
      placed.push({ segment, rule: null, loops: stack.map(({ loop }) => loop) });
      continue;
    }
    findings.push(
      finding(
        'error',
        'segment_out_of_order',
        `${segment.id} (${late.part.name}) comes later than its place in the ${frame.loop.name}.`,
        { segment: segment.id, position: segment.position },
      ),
    );
    if (late.part.kind === 'loop') place(late, segment);
    else {
      // The walk stays where it is, so that one segment in the wrong place does not make wrong what follows it.
      count(frame, late.part, segment);
      placed.push({
        segment,
        rule: late.part,
        loops: stack.slice(0, late.depth + 1).map(({ loop }) => loop),
      });
    }
  }
  for (const frame of stack.reverse()) leave(frame);
  return { placed, findings };
}

function frameOf(loop: LoopRule, begin: X12Segment): Frame {
  const slots = slotsOf(loop);
  return { loop, slots, at: 1, counts: new Map([[loop.parts[0], 1]]), begin };
}

const slotsByLoop = new WeakMap<LoopRule, readonly (readonly Part[])[]>();

/**
 * The parts of a loop in groups that may come in any order among themselves: neighbours that begin with the same
 * segment. The segment that begins the loop is alone, as seeing it again begins the next one.
 */
function slotsOf(loop: LoopRule): readonly (readonly Part[])[] {
  const known = slotsByLoop.get(loop);
  if (known) return known;
  const [begin, ...parts] = loop.parts;
  const slots: Part[][] = [[begin]];
  let previous = '';
  for (const part of parts) {
    const { id } = beginOf(part);
    if (id === previous) slots.at(-1)?.push(part);
    else slots.push([part]);
    previous = id;
  }
  slotsByLoop.set(loop, slots);
  return slots;
}

function beginOf(part: Part): SegmentRule {
  return part.kind === 'loop' ? part.parts[0] : part;
}

/** The place of a segment nearest to where the walk is: in the innermost loop first. */
function find(
  stack: readonly Frame[],
  segment: X12Segment,
  test: (part: Part, segment: X12Segment) => boolean,
  where: 'ahead' | 'behind',
): Spot | null {
  for (let depth = stack.length - 1; depth >= 0; depth -= 1) {
    const frame = stack[depth];
    if (!frame) continue;
    const from = where === 'ahead' ? frame.at : 1;
    const to = where === 'ahead' ? frame.slots.length : frame.at;
    for (let slot = from; slot < to; slot += 1) {
      const part = frame.slots[slot]?.find((one) => test(one, segment));
      if (part) return { depth, slot, part };
    }
  }
  return null;
}

function sameId(part: Part, segment: X12Segment): boolean {
  return beginOf(part).id === segment.id;
}

/** Its first element is one of the codes that the rule allows there. */
function fits(part: Part, segment: X12Segment): boolean {
  const { id, elements } = beginOf(part);
  const codes = elements[0]?.codes ?? null;
  return id === segment.id && (codes === null || codes.has(segment.elements[0] ?? ''));
}
