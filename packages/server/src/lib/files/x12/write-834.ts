import { Delimiters, Enrollment } from '@trunkline/contract/files';
import type { Coverage, EnrollmentMember, PostalAddress } from '@trunkline/contract/files';
import { FileInputError } from '../input-error.ts';
import type { FileInputIssue } from '../input-error.ts';
import { isInSet, withoutAccents } from './characters.ts';
import type { CharacterSet } from './characters.ts';
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
} from './codes-834.ts';
import { toX12Date } from './dates.ts';
import { functionalCode834, version834 } from './guide-834.ts';
import { dateAndTime, draft, envelopeOf, joinSegments, of } from './segment-writer.ts';
import type { DraftSegment } from './segment-writer.ts';
import { validate834 } from './validate-834.ts';

export interface WriteOptions {
  delimiters?: Partial<Delimiters>;
  /** `basic` writes small letters as capitals. */
  characterSet?: CharacterSet;
  /** `strip` writes José as Jose; otherwise such a name is refused. */
  accents?: 'refuse' | 'strip';
}

/** More issues than these are not gathered: the input is of another kind then. */
const mostIssues = 100;

/**
 * Writes a benefit enrollment file (834, 005010X220A1) of one transaction. All is checked before: shapes, lengths,
 * characters, codes, and what the guide wants of members, so that what this gives has no errors for `validate834`.
 * @throws FileInputError which names the member and the field, never the value
 */
export function writeEnrollment834(input: unknown, options: WriteOptions = {}): string {
  const enrollment = parseInput(input);
  const delimiters = readDelimiters(options.delimiters);
  const body = draftTransaction(enrollment);
  const envelope = envelopeOf(
    { ...enrollment, createdAt: Date.parse(enrollment.createdAt) },
    { functionalCode: functionalCode834, version: version834, transactions: 1 },
    delimiters,
  );
  const segments = [...envelope.begin, ...body, ...envelope.end];
  spell(segments, enrollment, delimiters, options);
  const text = joinSegments(segments, delimiters);
  refuseErrors(text, segments, enrollment);
  return text;
}

function readDelimiters(given: Partial<Delimiters> = {}): Delimiters {
  const { data } = Delimiters.safeParse(given);
  const marks = data ? [data.element, data.component, data.repetition, data.segment] : [];
  if (data && new Set(marks).size === 4 && marks.every((mark) => /^[^A-Za-z0-9 ]$/s.test(mark))) return data;
  throw failure([
    {
      item: null,
      ending: null,
      field: 'delimiters',
      code: 'delimiters_not_usable',
      message: 'They must be four different characters, and neither letters, digits nor spaces.',
    },
  ]);
}

function parseInput(input: unknown): Enrollment {
  const parsed = Enrollment.safeParse(input);
  if (parsed.success) return parsed.data;
  throw failure(
    parsed.error.issues.slice(0, mostIssues).map(({ path, code, message }) => {
      const item = path[0] === 'members' && typeof path[1] === 'number' ? path[1] : null;
      const field = item === null ? path : path.slice(2);
      return {
        item: item === null ? null : item + 1,
        ending: item === null ? null : endingOf(memberOf(input, item)),
        field: field.join('.'),
        code,
        message,
      };
    }),
  );
}

function memberOf(input: unknown, index: number): unknown {
  const members: unknown = (input as { members?: unknown } | null)?.members;
  return Array.isArray(members) ? members[index] : undefined;
}

/** The last two characters of a subscriber number, which is all that a message may say about a person. */
function endingOf(member: unknown): string | null {
  const number = (member as { subscriberNumber?: unknown } | null)?.subscriberNumber;
  return typeof number === 'string' && number.length > 4 ? number.slice(-2) : null;
}

function failure(issues: readonly FileInputIssue[]): FileInputError {
  const [first, ...others] = issues;
  if (!first) throw new RangeError('A failure without issues');
  return new FileInputError([first, ...others]);
}

function draftTransaction(enrollment: Enrollment): DraftSegment[] {
  const { sponsor, payer, broker, members } = enrollment;
  const { date, time } = dateAndTime(Date.parse(enrollment.createdAt));
  const subscribers = members.filter(({ relationship }) => relationship === 'self').length;
  const total = (qualifier: string, count: number) =>
    enrollment.totals ? [draft(null, 'QTY', qualifier, String(count))] : [];
  const inside = [
    draft(
      null,
      'BGN',
      purposeCodes[enrollment.purpose],
      of('reference', enrollment.reference),
      date,
      time,
      'UT',
      '',
      '',
      contentCodes[enrollment.content],
    ),
    ...(enrollment.masterPolicyNumber === undefined
      ? []
      : [draft(null, 'REF', '38', of('masterPolicyNumber', enrollment.masterPolicyNumber))]),
    ...dateSegments(null, [['007', 'effectiveDate', enrollment.effectiveDate]]),
    ...total('TO', members.length),
    ...total('ET', subscribers),
    ...total('DT', members.length - subscribers),
    draft(null, 'N1', 'P5', of('sponsor.name', sponsor.name), 'FI', of('sponsor.taxId', sponsor.taxId)),
    draft(null, 'N1', 'IN', of('payer.name', payer.name), 'FI', of('payer.taxId', payer.taxId)),
    ...(broker
      ? [draft(null, 'N1', 'BO', of('broker.name', broker.name), 'FI', of('broker.taxId', broker.taxId))]
      : []),
    ...members.flatMap((member, index) => draftMember(member, index, enrollment)),
  ];
  const number = '0001';
  return [
    draft(null, 'ST', '834', number, version834),
    ...inside,
    draft(null, 'SE', String(inside.length + 2), number),
  ];
}

function draftMember(member: EnrollmentMember, at: number, enrollment: Enrollment): DraftSegment[] {
  // A file of changes without a change has no code to write; the guide's check then names the field.
  const change = member.change ?? (enrollment.content === 'changes' ? undefined : 'audit');
  const code = change && memberChangeCodes[change];
  const group = member.groupNumber ?? enrollment.groupNumber;
  const reference = (qualifier: string, field: string, value: string | undefined) =>
    value === undefined ? [] : [draft(at, 'REF', qualifier, of(field, value))];
  return [
    draft(
      at,
      'INS',
      member.relationship === 'self' ? 'Y' : 'N',
      of('relationship', relationshipCodes[member.relationship]),
      of('change', code),
      of('reason', member.reason && reasonCodes[member.reason]),
      of('benefitStatus', benefitStatusCodes[member.benefitStatus]),
      '',
      of('cobraEvent', member.cobraEvent && cobraEventCodes[member.cobraEvent]),
      of('employmentStatus', member.employmentStatus && employmentStatusCodes[member.employmentStatus]),
      of('studentStatus', member.studentStatus && studentStatusCodes[member.studentStatus]),
      of('disabled', flag(member.disabled)),
      member.deathDate && 'D8',
      of('deathDate', member.deathDate && toX12Date(member.deathDate)),
    ),
    ...reference('0F', 'subscriberNumber', member.subscriberNumber),
    ...reference('1L', 'groupNumber', group),
    ...reference('23', 'clientNumber', member.clientNumber),
    ...reference('DX', 'department', member.department),
    ...dateSegments(at, [
      ['303', 'changeDate', member.changeDate],
      ['336', 'employmentStart', member.employmentStart],
      ['337', 'employmentEnd', member.employmentEnd],
      ['340', 'cobraStart', member.cobraStart],
      ['341', 'cobraEnd', member.cobraEnd],
      ['356', 'eligibilityStart', member.eligibilityStart],
      ['357', 'eligibilityEnd', member.eligibilityEnd],
    ]),
    draft(
      at,
      'NM1',
      member.previous ? '74' : 'IL',
      '1',
      of('lastName', member.lastName),
      of('firstName', member.firstName),
      of('middleName', member.middleName),
      of('prefix', member.prefix),
      of('suffix', member.suffix),
      member.ssn && '34',
      of('ssn', member.ssn),
    ),
    ...contactSegment(member, at),
    ...addressSegments(member.address, 'address', at),
    ...demographicsSegment(member, at, ''),
    ...previousSegments(member.previous, at),
    ...(member.mailingAddress
      ? [draft(at, 'NM1', '31', '1'), ...addressSegments(member.mailingAddress, 'mailingAddress', at)]
      : []),
    ...member.coverages.flatMap((coverage, index) => draftCoverage(coverage, index, code, at)),
  ];
}

function contactSegment({ phone, email }: EnrollmentMember, at: number): DraftSegment[] {
  const values = [
    ...(phone === undefined ? [] : ['TE', of('phone', phone)]),
    ...(email === undefined ? [] : ['EM', of('email', email)]),
  ];
  return values.length === 0 ? [] : [draft(at, 'PER', 'IP', '', ...values)];
}

function addressSegments(address: PostalAddress | undefined, field: string, at: number): DraftSegment[] {
  if (!address) return [];
  return [
    draft(at, 'N3', of(`${field}.line1`, address.line1), of(`${field}.line2`, address.line2)),
    draft(
      at,
      'N4',
      of(`${field}.city`, address.city),
      of(`${field}.state`, address.state),
      of(`${field}.postalCode`, address.postalCode),
      of(`${field}.country`, address.country),
    ),
  ];
}

function demographicsSegment(
  person: Pick<EnrollmentMember, 'birthDate' | 'gender' | 'maritalStatus'>,
  at: number,
  path: string,
): DraftSegment[] {
  const { birthDate, gender, maritalStatus } = person;
  if (birthDate === undefined && gender === undefined && maritalStatus === undefined) return [];
  return [
    draft(
      at,
      'DMG',
      birthDate || path === '' ? 'D8' : '',
      of(`${path}birthDate`, birthDate && toX12Date(birthDate)),
      of(`${path}gender`, gender && genderCodes[gender]),
      of(`${path}maritalStatus`, maritalStatus && maritalStatusCodes[maritalStatus]),
    ),
  ];
}

function previousSegments(previous: EnrollmentMember['previous'], at: number): DraftSegment[] {
  if (!previous) return [];
  return [
    draft(
      at,
      'NM1',
      '70',
      '1',
      of('previous.lastName', previous.lastName),
      of('previous.firstName', previous.firstName),
      of('previous.middleName', previous.middleName),
      '',
      '',
      previous.ssn && '34',
      of('previous.ssn', previous.ssn),
    ),
    ...demographicsSegment(previous, at, 'previous.'),
  ];
}

function draftCoverage(
  coverage: Coverage,
  index: number,
  memberCode: string | undefined,
  at: number,
): DraftSegment[] {
  const field = (name: string) => `coverages.${index}.${name}`;
  return [
    draft(
      at,
      'HD',
      of(field('change'), coverage.change ? coverageChangeCodes[coverage.change] : memberCode),
      '',
      of(field('line'), insuranceLineCodes[coverage.line]),
      of(field('plan'), coverage.plan),
      of(field('level'), coverage.level && coverageLevelCodes[coverage.level]),
      '',
      '',
      '',
      of(field('late'), flag(coverage.late)),
    ),
    ...dateSegments(at, [
      ['303', field('changeDate'), coverage.changeDate],
      ['348', field('start'), coverage.start],
      ['349', field('end'), coverage.end],
    ]),
    ...(coverage.premium === undefined
      ? []
      : [draft(at, 'AMT', 'P3', of(field('premium'), coverage.premium))]),
    ...(coverage.policyNumber === undefined
      ? []
      : [draft(at, 'REF', '1L', of(field('policyNumber'), coverage.policyNumber))]),
  ];
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'Y' : 'N';
}

function dateSegments(
  at: number | null,
  dates: readonly (readonly [qualifier: string, field: string, date: string | undefined])[],
): DraftSegment[] {
  return dates.flatMap(([qualifier, field, date]) =>
    date === undefined ? [] : [draft(at, 'DTP', qualifier, 'D8', of(field, toX12Date(date)))],
  );
}

/** Brings the values of the input into the characters of the file, or refuses them. */
function spell(
  segments: readonly DraftSegment[],
  enrollment: Enrollment,
  delimiters: Delimiters,
  { characterSet = 'extended', accents = 'refuse' }: WriteOptions,
): void {
  const marks = [delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment];
  const issues: FileInputIssue[] = [];
  for (const segment of segments) {
    segment.fields.forEach((field, index) => {
      const value = segment.elements[index] ?? '';
      if (field === null || value === '' || issues.length >= mostIssues) return;
      const plain = accents === 'strip' ? withoutAccents(value) : value;
      const spelled = characterSet === 'basic' ? plain.toUpperCase() : plain;
      const problem = spellingProblem(spelled, characterSet, marks);
      if (problem) issues.push(issueOf(enrollment, segment.member, field, ...problem));
      else segment.elements[index] = spelled;
    });
  }
  if (issues.length > 0) throw failure(issues);
}

function spellingProblem(
  text: string,
  set: CharacterSet,
  marks: readonly string[],
): [code: string, message: string] | null {
  if (!isInSet(text, set)) {
    return [
      'character_not_allowed',
      'It has a character that the file cannot hold, such as a letter with an accent.',
    ];
  }
  if (marks.some((mark) => text.includes(mark))) {
    return ['delimiter_in_text', 'It has a character that separates the parts of the file.'];
  }
  return null;
}

function issueOf(
  enrollment: Enrollment,
  member: number | null,
  field: string,
  code: string,
  message: string,
): FileInputIssue {
  return {
    item: member === null ? null : member + 1,
    ending: member === null ? null : endingOf(enrollment.members[member]),
    field,
    code,
    message,
  };
}

/** Runs the file through its own check and names the fields from which errors come. */
function refuseErrors(text: string, segments: readonly DraftSegment[], enrollment: Enrollment): void {
  const issues = validate834(text)
    .filter(({ severity }) => severity === 'error')
    .slice(0, mostIssues)
    .map(({ position, element, member, code, message }) => {
      const segment = position === null ? undefined : segments[position - 1];
      const index = element === null ? -1 : Number(element.slice(-2)) - 1;
      const field = segment?.fields[index] ?? fieldOf(segment, element);
      return issueOf(enrollment, member === null ? null : member - 1, field, code, message);
    });
  if (issues.length > 0) throw failure(issues);
}

/** Where an element that is not written comes from. */
const unwritten: Record<string, string> = {
  INS08: 'employmentStatus',
  DMG02: 'birthDate',
  DMG03: 'gender',
  GS02: 'sender.applicationId',
  GS03: 'receiver.applicationId',
};

function fieldOf(segment: DraftSegment | undefined, element: string | null): string {
  const known = element === null ? undefined : unwritten[element];
  if (known !== undefined) return known;
  const named = segment?.fields.find((field) => field !== null) ?? null;
  // What is wrong with a whole coverage is of all its fields.
  return named?.replace(/^(coverages\.\d+)\..*/, '$1') ?? 'members';
}
