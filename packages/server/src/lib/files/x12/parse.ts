/*
 * Reading of ASC X12 interchanges. An interchange begins with an ISA segment of fixed length, whose own separators are
 * those of all that follows it.
 */

export interface X12Segment {
  id: string;
  /** `elements[0]` is the element 01. Composites and repetitions are not taken apart. */
  elements: readonly string[];
  /** Which segment of the text, from 1. */
  position: number;
}

export interface X12Delimiters {
  element: string;
  component: string;
  repetition: string;
  segment: string;
}

export interface X12Interchange {
  delimiters: X12Delimiters;
  segments: readonly X12Segment[];
}

export type X12SyntaxErrorCode =
  'not_x12' | 'isa_wrong_length' | 'delimiters_not_usable' | 'segment_not_ended';

/** The text is not X12 at all, or stops in the middle. */
export class X12SyntaxError extends Error {
  readonly code: X12SyntaxErrorCode;
  /** Which segment, from 1. */
  readonly position: number;

  constructor(code: X12SyntaxErrorCode, position: number, message: string) {
    super(message);
    this.name = 'X12SyntaxError';
    this.code = code;
    this.position = position;
  }
}

const isaLength = 106;
/** Where the separators of an ISA stand. */
const isaSeparators = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103];
const repetitionAt = 82;
const componentAt = 104;
const terminatorAt = 105;

/**
 * The interchanges of a text, in their order. Line ends between segments are passed over.
 * @throws X12SyntaxError
 */
export function parseX12(text: string): X12Interchange[] {
  const interchanges: X12Interchange[] = [];
  let at = skipSpace(text, text.startsWith('\u{FEFF}') ? 1 : 0);
  let position = 1;
  do {
    const delimiters = readDelimiters(text, at, position);
    const segments: X12Segment[] = [];
    while (at < text.length) {
      const end = text.indexOf(delimiters.segment, at);
      if (end < 0)
        throw new X12SyntaxError('segment_not_ended', position, 'The file stops in the middle of a segment.');
      const [id = '', ...elements] = text.slice(at, end).split(delimiters.element);
      segments.push({ id, elements, position });
      position += 1;
      at = skipSpace(text, end + 1);
      if (id === 'IEA') break;
    }
    interchanges.push({ delimiters, segments });
  } while (at < text.length);
  return interchanges;
}

function readDelimiters(text: string, at: number, position: number): X12Delimiters {
  if (!text.startsWith('ISA', at)) {
    throw new X12SyntaxError(
      'not_x12',
      position,
      position === 1
        ? 'The file does not begin with ISA: it is not X12.'
        : 'After an interchange (IEA) stands something else than the next ISA.',
    );
  }
  const element = text.charAt(at + 3);
  const fixed =
    text.length >= at + isaLength && isaSeparators.every((offset) => text[at + offset] === element);
  if (!fixed) {
    throw new X12SyntaxError(
      'isa_wrong_length',
      position,
      'The ISA segment has another length than 106 characters: each of its elements has a fixed length.',
    );
  }
  const delimiters = {
    element,
    component: text.charAt(at + componentAt),
    repetition: text.charAt(at + repetitionAt),
    segment: text.charAt(at + terminatorAt),
  };
  const usable = [delimiters.element, delimiters.component, delimiters.segment].every((one) =>
    /^[^A-Za-z0-9 ]$/s.test(one),
  );
  if (!usable || new Set(Object.values(delimiters)).size < 4) {
    throw new X12SyntaxError(
      'delimiters_not_usable',
      position,
      'The four delimiters that the ISA names must differ and be neither letters, digits nor spaces.',
    );
  }
  return delimiters;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[\r\n\t ]/.test(text.charAt(at))) at += 1;
  return at;
}
