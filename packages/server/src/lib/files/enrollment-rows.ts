import { EnrollmentMember } from '@trunkline/contract/files';
import type { CsvLayout, FileFinding } from '@trunkline/contract/files';
import { mostFindings, readTable, writeTable } from './csv/table.ts';
import type { TableFields, TableRow } from './csv/table.ts';
import { finding } from './finding.ts';

/*
 * Enrollments as a table, one coverage a row: how people bring their lists. Neighbouring rows of one person become one
 * member with several coverages.
 */

const personFields = {
  subscriberNumber: 'text',
  relationship: 'text',
  change: 'text',
  reason: 'text',
  changeDate: 'date',
  benefitStatus: 'text',
  cobraEvent: 'text',
  employmentStatus: 'text',
  studentStatus: 'text',
  disabled: 'flag',
  deathDate: 'date',
  groupNumber: 'text',
  clientNumber: 'text',
  department: 'text',
  employmentStart: 'date',
  employmentEnd: 'date',
  eligibilityStart: 'date',
  eligibilityEnd: 'date',
  cobraStart: 'date',
  cobraEnd: 'date',
  ssn: 'text',
  lastName: 'text',
  firstName: 'text',
  middleName: 'text',
  prefix: 'text',
  suffix: 'text',
  birthDate: 'date',
  gender: 'text',
  maritalStatus: 'text',
  phone: 'text',
  email: 'text',
} as const;

/** Columns of the address, and the fields in it. */
const addressFields = {
  addressLine1: 'line1',
  addressLine2: 'line2',
  city: 'city',
  state: 'state',
  postalCode: 'postalCode',
  country: 'country',
} as const;

/** Columns of the coverage, and the fields in it. */
const coverageFields = {
  coverageLine: 'line',
  coverageChange: 'change',
  coveragePlan: 'plan',
  coverageLevel: 'level',
  coveragePolicyNumber: 'policyNumber',
  coverageStart: 'start',
  coverageEnd: 'end',
  coverageChangeDate: 'changeDate',
  coveragePremium: 'premium',
  coverageLate: 'late',
} as const;

/** The fields that a table of enrollments can have. */
export const enrollmentFields: TableFields = {
  ...personFields,
  addressLine1: 'text',
  addressLine2: 'text',
  city: 'text',
  state: 'text',
  postalCode: 'text',
  country: 'text',
  coverageLine: 'text',
  coverageChange: 'text',
  coveragePlan: 'text',
  coverageLevel: 'text',
  coveragePolicyNumber: 'text',
  coverageStart: 'date',
  coverageEnd: 'date',
  coverageChangeDate: 'date',
  coveragePremium: 'number',
  coverageLate: 'flag',
};

/** Writes members as a table. What has no column (mailing address, previous data) is not in it. */
export function writeEnrollmentRows(members: readonly EnrollmentMember[], layout: CsvLayout): Buffer {
  const rows = members.flatMap((member) => {
    const person = {
      ...pick(member, Object.fromEntries(Object.keys(personFields).map((field) => [field, field]))),
      ...pick(member.address ?? {}, addressFields),
    };
    const coverages = member.coverages.map((coverage) => pick(coverage, coverageFields));
    return (coverages.length === 0 ? [{}] : coverages).map((coverage) => ({ ...person, ...coverage }));
  });
  return writeTable(rows, layout, enrollmentFields);
}

/** Columns with the values of the fields that belong to them. */
function pick(from: object, fields: Readonly<Record<string, string>>): TableRow {
  const values = from as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([column, field]) => {
      const value = values[field];
      if (typeof value === 'boolean') return [[column, value ? 'yes' : 'no']];
      return typeof value === 'string' ? [[column, value]] : [];
    }),
  );
}

/** Reads and checks a table of enrollments. Members with errors are found and left out. */
export function readEnrollmentRows(
  bytes: Uint8Array,
  layout: CsvLayout,
): { members: EnrollmentMember[]; findings: FileFinding[] } {
  const table = readTable(bytes, layout, enrollmentFields);
  const findings = [...table.findings];
  const headers = new Map(layout.columns.map(({ field, header }) => [field, header]));
  const groups: { number: number; values: TableRow; coverages: TableRow[] }[] = [];
  let previous = '';
  for (const { number, values } of table.rows) {
    const person = personOf(values);
    const last = groups.at(-1);
    if (last && person === previous && values['coverageLine'] !== undefined) last.coverages.push(values);
    else groups.push({ number, values, coverages: values['coverageLine'] === undefined ? [] : [values] });
    previous = person;
  }
  const members = groups.flatMap(({ number, values, coverages }) => {
    const parsed = EnrollmentMember.safeParse(memberOf(values, coverages));
    if (parsed.success) return [parsed.data];
    for (const { path, message } of parsed.error.issues) {
      const field = columnOf(path);
      const row = path[0] === 'coverages' && typeof path[1] === 'number' ? number + path[1] : number;
      const missing = values[field] === undefined;
      findings.push(
        finding('error', missing ? 'value_missing' : 'value_wrong', missing ? 'It is missing.' : message, {
          row,
          column: headers.get(field) ?? field,
        }),
      );
    }
    return [];
  });
  return { members, findings: findings.slice(0, mostFindings) };
}

function personOf(values: TableRow): string {
  return Object.keys(personFields)
    .map((field) => values[field] ?? '')
    .join('\0');
}

function memberOf(values: TableRow, coverages: readonly TableRow[]): unknown {
  const address = fill(values, addressFields);
  return {
    ...fill(values, Object.fromEntries(Object.keys(personFields).map((field) => [field, field]))),
    ...(Object.keys(address).length === 0 ? {} : { address }),
    coverages: coverages.map((coverage) => fill(coverage, coverageFields)),
  };
}

function fill(values: TableRow, fields: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([column, field]) => {
      const value = values[column];
      if (value === undefined) return [];
      return [[field, enrollmentFields[column] === 'flag' ? flagOf(value) : value]];
    }),
  );
}

/** What is no flag stays as it is, for the check of the shape to find. */
function flagOf(text: string): boolean | string {
  if (/^(?:yes|y|true|1)$/i.test(text)) return true;
  return /^(?:no|n|false|0)$/i.test(text) ? false : text;
}

/** The column of a path in the shape of a member. */
function columnOf(path: readonly PropertyKey[]): string {
  const [first, second, third] = path.map(String);
  const find = (fields: Readonly<Record<string, string>>, field: string | undefined) =>
    Object.keys(fields).find((column) => fields[column] === field);
  if (first === 'address') return find(addressFields, second) ?? 'addressLine1';
  if (first === 'coverages') return find(coverageFields, third) ?? 'coverageLine';
  return first ?? '';
}
