import type { Coverage, Enrollment, EnrollmentMember, PostalAddress } from '@trunkline/contract/files';
import {
  benefitStatusCodes,
  cobraEventCodes,
  contentCodes,
  coverageChangeCodes,
  coverageLevelCodes,
  employmentStatusCodes,
  genderCodes,
  insuranceLineCodes,
  maritalStatusCodes,
  memberChangeCodes,
  purposeCodes,
  reasonCodes,
  relationshipCodes,
  studentStatusCodes,
  wordOf,
} from './codes-834.ts';
import { fromX12Date } from './dates.ts';
import { elementOf, readEnvelope } from './envelope.ts';
import type { X12Transaction } from './envelope.ts';
import { guide834 } from './guide-834.ts';
import { parseX12 } from './parse.ts';
import type { X12Segment } from './parse.ts';
import { walkGuide } from './walk.ts';
import type { PlacedSegment } from './walk.ts';

/** A party of the file, as far as the file names it. */
export interface NamedParty {
  name: string | undefined;
  id: string;
}

/** What one 834 transaction says. */
export interface ReadEnrollment {
  sender: { qualifier: string; id: string };
  receiver: { qualifier: string; id: string };
  /** ISA13 and GS06. */
  controlNumber: number;
  groupControlNumber: number;
  /** ST02 */
  transactionControlNumber: string;
  test: boolean;
  reference: string;
  /** `2026-12-01`, as the sender counts days. */
  createdOn: string | null;
  purpose: Enrollment['purpose'] | undefined;
  content: Enrollment['content'] | undefined;
  effectiveDate: string | undefined;
  masterPolicyNumber: string | undefined;
  sponsor: NamedParty | null;
  payer: NamedParty | null;
  broker: NamedParty | null;
  members: EnrollmentMember[];
  /** Positions of segments, and of those with a code, that hold more than is read here. */
  unread: readonly number[];
}

/**
 * The enrollments of a file, one for each transaction. Says what it could not read; run `validate834` to learn
 * whether the file is right.
 * @throws X12SyntaxError
 */
export function read834(text: string): ReadEnrollment[] {
  return parseX12(text).flatMap((interchange) => {
    const { header, groups } = readEnvelope(interchange);
    return groups.flatMap(({ header: group, transactions }) =>
      transactions
        .filter(({ kind }) => kind === '834')
        .map((transaction) => readTransaction(header, group, transaction)),
    );
  });
}

function readTransaction(isa: X12Segment, gs: X12Segment, transaction: X12Transaction): ReadEnrollment {
  const inside = transaction.segments.filter(({ id }) => id !== 'ST' && id !== 'SE');
  const { placed } = walkGuide(guide834, inside);
  const firstMember = placed.findIndex(({ segment }) => segment.id === 'INS');
  const head = (firstMember < 0 ? placed : placed.slice(0, firstMember)).map(({ segment }) => segment);
  const bgn = head.find(({ id }) => id === 'BGN');
  const unread: number[] = [];
  const members =
    firstMember < 0
      ? []
      : splitAt(placed.slice(firstMember), 'INS').map((segments) => readMember(segments, unread));
  const value = (id: string, qualifier: string, element: number) => {
    const found = head.find((one) => one.id === id && elementOf(one, 1) === qualifier);
    return found && optional(elementOf(found, element));
  };
  const party = (code: string) => {
    const found = head.find((one) => one.id === 'N1' && elementOf(one, 1) === code);
    return found ? { name: optional(elementOf(found, 2)), id: elementOf(found, 4) } : null;
  };
  return {
    sender: { qualifier: elementOf(isa, 5), id: elementOf(isa, 6).trim() },
    receiver: { qualifier: elementOf(isa, 7), id: elementOf(isa, 8).trim() },
    controlNumber: Number(elementOf(isa, 13)),
    groupControlNumber: Number(elementOf(gs, 6)),
    transactionControlNumber: transaction.controlNumber,
    test: elementOf(isa, 15) === 'T',
    reference: bgn ? elementOf(bgn, 2) : '',
    createdOn: bgn ? fromX12Date(elementOf(bgn, 3)) : null,
    purpose: bgn && wordOf(purposeCodes, elementOf(bgn, 1)),
    content: bgn && wordOf(contentCodes, elementOf(bgn, 8)),
    effectiveDate: optional(fromX12Date(value('DTP', '007', 3) ?? '')),
    masterPolicyNumber: value('REF', '38', 2),
    sponsor: party('P5'),
    payer: party('IN'),
    broker: party('BO') ?? party('TV'),
    members,
    unread: unread.sort((a, b) => a - b),
  };
}

function optional(text: string | null): string | undefined {
  return text === null || text === '' ? undefined : text;
}

/** Pieces that each begin with a segment of this id. */
function splitAt(placed: readonly PlacedSegment[], id: string): PlacedSegment[][] {
  const pieces: PlacedSegment[][] = [];
  for (const one of placed) {
    if (one.segment.id === id) pieces.push([one]);
    else pieces.at(-1)?.push(one);
  }
  return pieces;
}

/** Fields of dates of a member and of a coverage, by qualifier. */
const memberDates: Record<string, keyof EnrollmentMember> = {
  '303': 'changeDate',
  '336': 'employmentStart',
  '337': 'employmentEnd',
  '340': 'cobraStart',
  '341': 'cobraEnd',
  '356': 'eligibilityStart',
  '357': 'eligibilityEnd',
};
const coverageDates: Record<string, keyof Coverage> = { '303': 'changeDate', '348': 'start', '349': 'end' };
const memberReferences: Record<string, keyof EnrollmentMember> = {
  '0F': 'subscriberNumber',
  '1L': 'groupNumber',
  '23': 'clientNumber',
  DX: 'department',
};

function readMember(segments: readonly PlacedSegment[], unread: number[]): EnrollmentMember {
  const fields: Record<string, unknown> = {};
  const coverages: Record<string, unknown>[] = [];
  let previous: Record<string, unknown> | undefined;
  const skip = ({ position }: X12Segment) => {
    if (unread.at(-1) !== position) unread.push(position);
  };
  /** The word of a code; a code without a word makes the segment unread. */
  const word = (segment: X12Segment, element: number, codes: Record<string, string>) => {
    const code = elementOf(segment, element);
    const found = wordOf(codes, code);
    if (found === undefined && code !== '') skip(segment);
    return found;
  };
  const set = (
    into: Record<string, unknown>,
    name: string | undefined,
    value: unknown,
    segment: X12Segment,
  ) => {
    if (name === undefined || into[name] !== undefined) return skip(segment);
    if (value !== undefined && value !== null) into[name] = value;
  };
  const personOf = (segment: X12Segment) => ({
    lastName: elementOf(segment, 3),
    firstName: optional(elementOf(segment, 4)),
    middleName: optional(elementOf(segment, 5)),
    ssn: elementOf(segment, 8) === '34' ? optional(elementOf(segment, 9)) : undefined,
  });
  const birthOf = (segment: X12Segment) => ({
    birthDate: optional(fromX12Date(elementOf(segment, 2))),
    gender: word(segment, 3, genderCodes),
  });

  for (const { segment, loops } of segments) {
    const loop = loops.at(-1)?.id;
    const first = elementOf(segment, 1);
    switch (`${loop}/${segment.id}`) {
      case '2000/INS':
        Object.assign(fields, {
          relationship: word(segment, 2, relationshipCodes) ?? 'other',
          change: word(segment, 3, memberChangeCodes),
          reason: word(segment, 4, reasonCodes),
          benefitStatus: word(segment, 5, benefitStatusCodes) ?? 'active',
          cobraEvent: word(segment, 7, cobraEventCodes),
          employmentStatus: word(segment, 8, employmentStatusCodes),
          studentStatus: word(segment, 9, studentStatusCodes),
          disabled: flagOf(elementOf(segment, 10)),
          deathDate: optional(fromX12Date(elementOf(segment, 12))),
        });
        if (elementOf(segment, 6) !== '') skip(segment);
        break;
      case '2000/REF':
        set(fields, memberReferences[first], optional(elementOf(segment, 2)), segment);
        break;
      case '2000/DTP':
        set(fields, memberDates[first], fromX12Date(elementOf(segment, 3)), segment);
        break;
      case '2100A/NM1':
        Object.assign(fields, personOf(segment), {
          prefix: optional(elementOf(segment, 6)),
          suffix: optional(elementOf(segment, 7)),
        });
        if (elementOf(segment, 8) === 'ZZ') skip(segment);
        break;
      case '2100A/PER':
        readContact(segment, (name, value) => set(fields, name, value, segment));
        break;
      case '2100A/N3':
      case '2100A/N4':
        fields['address'] = { ...(fields['address'] as object | undefined), ...addressOf(segment) };
        break;
      case '2100A/DMG':
        Object.assign(fields, birthOf(segment), { maritalStatus: word(segment, 4, maritalStatusCodes) });
        if (segment.elements.slice(4).some((value) => value !== '')) skip(segment);
        break;
      case '2100B/NM1':
        previous = personOf(segment);
        break;
      case '2100B/DMG':
        previous = { ...previous, ...birthOf(segment) };
        break;
      case '2100C/NM1':
        break;
      case '2100C/N3':
      case '2100C/N4':
        fields['mailingAddress'] = {
          ...(fields['mailingAddress'] as object | undefined),
          ...addressOf(segment),
        };
        break;
      case '2300/HD':
        coverages.push({
          line: word(segment, 3, insuranceLineCodes),
          change: word(segment, 1, coverageChangeCodes),
          plan: optional(elementOf(segment, 4)),
          level: word(segment, 5, coverageLevelCodes),
          late: flagOf(elementOf(segment, 9)),
        });
        break;
      case '2300/DTP':
        set(coverages.at(-1) ?? {}, coverageDates[first], fromX12Date(elementOf(segment, 3)), segment);
        break;
      case '2300/AMT':
        set(
          coverages.at(-1) ?? {},
          first === 'P3' ? 'premium' : undefined,
          amountOf(elementOf(segment, 2)),
          segment,
        );
        break;
      case '2300/REF':
        set(
          coverages.at(-1) ?? {},
          first === '1L' ? 'policyNumber' : undefined,
          optional(elementOf(segment, 2)),
          segment,
        );
        break;
      default:
        skip(segment);
    }
  }
  return withoutGaps({
    subscriberNumber: '',
    lastName: '',
    ...fields,
    previous,
    coverages,
  }) as EnrollmentMember;
}

function flagOf(code: string): boolean | undefined {
  return code === 'Y' ? true : code === 'N' ? false : undefined;
}

/** `120.5` → `120.50` */
function amountOf(text: string): string | undefined {
  return /^-?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text).toFixed(2) : undefined;
}

function readContact(segment: X12Segment, set: (name: string | undefined, value: string) => void): void {
  for (const at of [3, 5, 7]) {
    const kind = elementOf(segment, at);
    if (kind === '') continue;
    set(kind === 'TE' ? 'phone' : kind === 'EM' ? 'email' : undefined, elementOf(segment, at + 1));
  }
}

function addressOf(segment: X12Segment): Partial<PostalAddress> {
  return segment.id === 'N3'
    ? withoutGaps({ line1: elementOf(segment, 1), line2: optional(elementOf(segment, 2)) })
    : withoutGaps({
        city: elementOf(segment, 1),
        state: optional(elementOf(segment, 2)),
        postalCode: optional(elementOf(segment, 3)),
        country: optional(elementOf(segment, 4)),
      });
}

/** The same value without fields that are undefined, at any depth. */
function withoutGaps<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one) => withoutGaps<unknown>(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name, withoutGaps<unknown>(member)]],
    ),
  ) as T;
}
