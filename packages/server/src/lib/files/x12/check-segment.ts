import type { FileFinding } from '@trunkline/contract/files';
import { finding } from '../finding.ts';
import type { ElementRule, SegmentRule } from './guide.ts';
import { isDate, isTime } from './dates.ts';
import type { X12Segment } from './parse.ts';

/** More codes than these are not listed in a message. */
const fewCodes = 12;

/** What is wrong with the elements of one segment. */
export function checkSegment(segment: X12Segment, rule: SegmentRule): FileFinding[] {
  const findings: FileFinding[] = [];
  const report = (severity: FileFinding['severity'], code: string, index: number, message: string) =>
    findings.push(
      finding(severity, code, message, {
        segment: segment.id,
        position: segment.position,
        element: elementName(segment.id, index),
      }),
    );

  rule.elements.forEach((element, index) => {
    const value = segment.elements[index] ?? '';
    const name = `${elementName(segment.id, index)} (${rule.name})`;
    if (value === '') {
      if (element.use === 'R') report('error', 'required_element_missing', index, `${name} is missing.`);
      return;
    }
    if (element.use === 'N') {
      report('error', 'element_not_used', index, `${name} has a value; the guide has no use for it.`);
      return;
    }
    const problem = checkValue(value, element, segment.elements[index - 1] ?? '');
    if (problem) report('error', problem.code, index, `${name} ${problem.words}.`);
    else if (element.type === 'AN' && value.endsWith(' ') && element.min !== element.max) {
      report(
        'warning',
        'trailing_space',
        index,
        `${name} ends with spaces, which do not belong to the value.`,
      );
    }
  });

  const last = segment.elements.length - 1;
  if (segment.elements.length > rule.elements.length) {
    const most = rule.elements.length;
    report(
      'error',
      'too_many_elements',
      most,
      `${segment.id} has more elements than the ${most} that it may have.`,
    );
  } else if (last >= 0 && segment.elements[last] === '') {
    report('warning', 'trailing_delimiter', last, `${segment.id} ends with delimiters that nothing follows.`);
  }

  for (const relation of rule.relations) {
    const broken = checkRelation(relation, segment);
    if (broken) report('error', 'elements_do_not_fit', broken.index, broken.message);
  }
  return findings;
}

/** `INS`, 1 → `INS02`. */
export function elementName(id: string, index: number): string {
  return `${id}${String(index + 1).padStart(2, '0')}`;
}

function checkValue(
  value: string,
  rule: ElementRule,
  before: string,
): { code: string; words: string } | null {
  if (rule.type === 'C') return null;
  if (rule.codes && !rule.codes.has(value)) {
    const allowed = [...rule.codes];
    const list = allowed.length <= fewCodes ? `: ${allowed.join(', ')}` : '';
    return { code: 'code_not_allowed', words: `has a code that the guide does not allow here${list}` };
  }
  const wrongType = checkType(value, rule, before);
  if (wrongType !== null) return { code: 'wrong_type', words: wrongType };
  const length = lengthOf(value, rule);
  if (length < rule.min) return { code: 'too_short', words: `has fewer than ${rule.min} characters` };
  if (length > rule.max) return { code: 'too_long', words: `has more than ${rule.max} characters` };
  return null;
}

function checkType(value: string, { type }: ElementRule, before: string): string | null {
  switch (type) {
    case 'AN':
      // Control characters belong to no character set of X12.
      return /[\p{Cc}]/u.test(value) ? 'has a character that X12 does not know' : null;
    case 'ID':
      return /^[A-Za-z0-9]+$/.test(value) ? null : 'is no code: codes are letters and digits';
    case 'N0':
      return /^-?\d+$/.test(value) ? null : 'is not a whole number';
    case 'R':
      return /^-?(?:\d+\.?\d*|\.\d+)$/.test(value) ? null : 'is not a number';
    case 'DT':
      return isDate(value.length === 6 ? `20${value}` : value) ? null : 'is not a date of the calendar';
    case 'TM':
      return isTime(value) ? null : 'is not a time of day';
    case 'DP':
      return checkPeriod(value, before);
    case 'C':
      return null;
  }
}

function checkPeriod(value: string, format: string): string | null {
  if (format === 'D8' && !isDate(value)) return 'is not a date of the calendar (CCYYMMDD)';
  if (format === 'RD8') {
    const [from = '', to = '', ...more] = value.split('-');
    if (more.length > 0 || !isDate(from) || !isDate(to)) return 'is not two dates (CCYYMMDD-CCYYMMDD)';
    if (to < from) return 'ends before it begins';
  }
  return null;
}

/** Signs and decimal points do not count. */
function lengthOf(value: string, { type }: ElementRule): number {
  return type === 'N0' || type === 'R' ? value.replace(/[-.]/g, '').length : value.length;
}

/** P all or none, R one at least, E one at most, C the first needs the others, L the first needs one of the others. */
function checkRelation(relation: string, segment: X12Segment): { index: number; message: string } | null {
  const places = (relation.slice(1).match(/\d\d/g) ?? []).map(Number);
  const has = (place: number) => (segment.elements[place - 1] ?? '') !== '';
  const [first = 1, ...others] = places;
  const names = (list: readonly number[]) => list.map((place) => elementName(segment.id, place - 1));
  const index = first - 1;
  switch (relation.charAt(0)) {
    case 'P':
      return places.every(has) || !places.some(has)
        ? null
        : { index, message: `${names(places).join(' and ')} are there together or not at all.` };
    case 'R':
      return places.some(has)
        ? null
        : { index, message: `One of ${names(places).join(', ')} must be there.` };
    case 'E':
      return places.filter(has).length <= 1
        ? null
        : { index, message: `Only one of ${names(places).join(', ')} may be there.` };
    case 'C':
      return !has(first) || others.every(has)
        ? null
        : { index, message: `${names([first]).join('')} needs ${names(others).join(' and ')}.` };
    default:
      return !has(first) || others.some(has)
        ? null
        : { index, message: `${names([first]).join('')} needs one of ${names(others).join(', ')}.` };
  }
}
