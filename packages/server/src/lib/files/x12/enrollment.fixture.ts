import {
  BenefitStatus,
  ChangeReason,
  CobraEvent,
  CoverageChange,
  CoverageLevel,
  EmploymentStatus,
  Gender,
  InsuranceLine,
  MaritalStatus,
  MemberChange,
  Relationship,
  StudentStatus,
} from '@trunkline/contract/files';
import type { Coverage, Enrollment, EnrollmentMember, PostalAddress } from '@trunkline/contract/files';
import fc from 'fast-check';

/* Enrollments of any kind that the writer takes, for tests of the round trip. */

/** Every character of the extended set but the usual delimiters. */
const letters = Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !"&\'()+,-./;?=%@[]_{}\\|<>`#$',
);

export function line(max: number, min = 1): fc.Arbitrary<string> {
  return fc
    .string({ unit: fc.constantFrom(...letters), minLength: min, maxLength: max })
    .map((text) => text.trim())
    .filter((text) => text.length >= min);
}

function day(from: string, to: string): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
}

function digits(count: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom(...Array.from('0123456789')),
    minLength: count,
    maxLength: count,
  });
}

function some<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** The value without fields that are undefined: absent and undefined are the same. */
export function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const address: fc.Arbitrary<PostalAddress> = fc.record({
  line1: line(55),
  line2: some(line(55)),
  city: line(30, 2),
  state: some(fc.constantFrom('IL', 'CA', 'QC', 'PR')),
  postalCode: some(digits(5)),
  country: some(fc.constantFrom('US', 'CA', 'FR')),
});

const coverage: fc.Arbitrary<Coverage> = fc.record({
  line: fc.constantFrom(...InsuranceLine.options),
  change: fc.constantFrom(...CoverageChange.options),
  plan: some(line(50)),
  level: some(fc.constantFrom(...CoverageLevel.options)),
  policyNumber: some(line(50)),
  start: day('2024-01-01', '2025-12-31'),
  end: day('2026-01-01', '2027-12-31'),
  changeDate: some(day('2024-01-01', '2027-12-31')),
  premium: some(fc.integer({ min: 0, max: 99_999_99 }).map((cents) => (cents / 100).toFixed(2))),
  late: some(fc.boolean()),
});

const person = fc.record({
  lastName: line(60),
  middleName: some(line(25)),
  prefix: some(line(10)),
  suffix: some(line(10)),
  ssn: some(digits(9)),
  birthDate: day('1930-01-01', '2020-12-31'),
  gender: fc.constantFrom(...Gender.options),
  maritalStatus: some(fc.constantFrom(...MaritalStatus.options)),
  change: fc.constantFrom(...MemberChange.options),
  reason: some(fc.constantFrom(...ChangeReason.options)),
  changeDate: some(day('2024-01-01', '2027-12-31')),
  benefitStatus: fc.constantFrom(...BenefitStatus.options),
  cobraEvent: some(fc.constantFrom(...CobraEvent.options)),
  studentStatus: some(fc.constantFrom(...StudentStatus.options)),
  disabled: some(fc.boolean()),
  deathDate: some(day('2021-01-01', '2026-12-31')),
  groupNumber: some(line(50)),
  clientNumber: some(line(50)),
  department: some(line(50)),
  employmentStart: some(day('1990-01-01', '2020-12-31')),
  employmentEnd: some(day('2021-01-01', '2026-12-31')),
  eligibilityStart: some(day('1990-01-01', '2020-12-31')),
  eligibilityEnd: day('2021-01-01', '2026-12-31'),
  cobraStart: some(day('1990-01-01', '2020-12-31')),
  cobraEnd: some(day('2021-01-01', '2026-12-31')),
  phone: some(digits(10)),
  email: some(fc.constantFrom('ada@example.com', 'b.o+b@example.org')),
  address: some(address),
  mailingAddress: some(address),
  previous: some(
    fc.record({
      lastName: line(60),
      firstName: some(line(35)),
      middleName: some(line(25)),
      ssn: some(digits(9)),
      birthDate: some(day('1930-01-01', '2020-12-31')),
      gender: some(fc.constantFrom(...Gender.options)),
    }),
  ),
  coverages: fc.array(coverage, { maxLength: 3 }),
});

/** A subscriber with dependents, all with the subscriber's number. */
const family = fc.record({
  subscriber: person,
  employmentStatus: fc.constantFrom(...EmploymentStatus.options),
  dependents: fc.array(
    fc.tuple(fc.constantFrom(...Relationship.options.filter((one) => one !== 'self')), person),
    { maxLength: 3 },
  ),
});

const members: fc.Arbitrary<EnrollmentMember[]> = fc
  .array(family, { minLength: 1, maxLength: 3 })
  .map((families) =>
    families.flatMap(({ subscriber, employmentStatus, dependents }, at): EnrollmentMember[] => {
      const subscriberNumber = `S-${1000 + at}`;
      return [
        { ...subscriber, relationship: 'self', employmentStatus, subscriberNumber, firstName: 'Ada' },
        ...dependents.map(([relationship, one], index) => ({
          ...one,
          relationship,
          subscriberNumber,
          // Two of a family differ in their first names at least.
          firstName: `Child ${index}`,
        })),
      ];
    }),
  );

/** An enrollment that the writer takes. */
export const enrollments: fc.Arbitrary<Enrollment> = fc
  .record({
    controlNumber: fc.integer({ min: 1, max: 999_999_999 }),
    reference: line(50),
    createdAt: day('2028-01-01', '2029-12-31').map((date) => `${date}T09:30:00.000Z`),
    test: fc.boolean(),
    acknowledgementRequested: fc.boolean(),
    purpose: fc.constantFrom('original' as const, 'resubmission' as const, 'information_copy' as const),
    content: fc.constantFrom('full' as const, 'changes' as const, 'replace' as const),
    effectiveDate: some(day('2028-01-01', '2029-12-31')),
    masterPolicyNumber: some(line(50)),
    totals: fc.boolean(),
    sponsor: fc.record({ name: some(line(60)), taxId: digits(9) }),
    payer: fc.record({ name: some(line(60)), taxId: digits(9) }),
    broker: some(fc.record({ name: line(60), taxId: digits(9) })),
    members,
  })
  .map((enrollment) => ({
    ...enrollment,
    sender: { qualifier: '30', id: '123456789' },
    receiver: { qualifier: 'ZZ', id: 'CARRIER 01' },
  }));
