/*
 * How an implementation guide is written down here: which segments a transaction has, in which order and loops, and
 * what may stand in their elements.
 */

/** R required, S depends on the situation, N not used. */
type Use = 'R' | 'S' | 'N';

/**
 * AN text, ID a code, N0 a whole number, R a decimal number, DT a date, TM a time of day, DP a date whose format the
 * element before names, C a composite or a separator.
 */
type ElementType = 'AN' | 'ID' | 'N0' | 'R' | 'DT' | 'TM' | 'DP' | 'C';

export interface ElementRule {
  use: Use;
  type: ElementType;
  min: number;
  max: number;
  /** Null: any code, or no code at all. */
  codes: ReadonlySet<string> | null;
}

export interface SegmentRule {
  kind: 'segment';
  id: string;
  /** In words, for messages. */
  name: string;
  use: Use;
  max: number;
  elements: readonly ElementRule[];
  /** Relations between elements, as the standard writes them: `P0304` both or none, `R0203` one at least. */
  relations: readonly string[];
}

export interface LoopRule {
  kind: 'loop';
  id: string;
  name: string;
  use: Use;
  max: number;
  /** The first is the segment that begins the loop. */
  parts: readonly [SegmentRule, ...Part[]];
}

export type Part = SegmentRule | LoopRule;

export const many = Infinity;

/**
 * Reads rules such as `R ID 2-2 18 01 19` or `N`: use, type, lengths, codes.
 */
export function elementRules(...rules: readonly string[]): ElementRule[] {
  return rules.map((rule) => {
    const [use, type = 'AN', lengths = '1-256', ...codes] = rule.split(' ');
    const [min, max] = lengths.split('-').map(Number);
    return {
      use: use as Use,
      type: type as ElementType,
      min: min ?? 1,
      max: max ?? 256,
      codes: codes.length === 0 ? null : new Set(codes),
    };
  });
}

/** A segment of a guide; `id` may carry relations behind it, such as `N1 R0203 P0304`. */
export function segment(
  id: string,
  name: string,
  use: Use,
  max: number,
  ...elements: readonly string[]
): SegmentRule {
  const [tag = '', ...relations] = id.split(' ');
  return { kind: 'segment', id: tag, name, use, max, elements: elementRules(...elements), relations };
}

/** A loop of a guide. */
export function loop(
  id: string,
  name: string,
  use: Use,
  max: number,
  ...parts: readonly [SegmentRule, ...Part[]]
): LoopRule {
  return { kind: 'loop', id, name, use, max, parts };
}
