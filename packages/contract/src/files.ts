import { z } from 'zod';
import { Timestamp } from './common.ts';

/*
 * What stands in the files that go to partners without an API: enrollments of carriers (EDI X12 834), 401(k)
 * contributions and payroll (CSV), and what a check of such a file finds. Words here, codes of the formats there.
 */

const LocalDate = z.iso.date().meta({ example: '2026-12-01' });

/** Text of one line. The writers say which characters the file can hold. */
function text(max: number, min = 1) {
  return z
    .string()
    .min(min)
    .max(max)
    .regex(/^\S(?:.*\S)?$/u, 'One line, without spaces around it');
}

const Ssn = z
  .string()
  .regex(/^\d{9}$/, 'Nine digits')
  .describe('Social security number, digits only. Personal: it never stands in a message.')
  .meta({ example: '987654320' });

/* Enrollment */

export const Relationship = z
  .enum([
    'self',
    'spouse',
    'child',
    'stepchild',
    'adopted_child',
    'foster_child',
    'life_partner',
    'ward',
    'ex_spouse',
    'grandchild',
    'parent',
    'grandparent',
    'sibling',
    'nephew_or_niece',
    'uncle_or_aunt',
    'cousin',
    'parent_in_law',
    'child_in_law',
    'sibling_in_law',
    'stepparent',
    'sponsored_dependent',
    'dependent_of_minor',
    'collateral_dependent',
    'guardian',
    'court_appointed_guardian',
    'annuitant',
    'trustee',
    'other_relative',
    'other',
  ])
  .describe('What the person is to the subscriber; the subscriber is `self`.');
export type Relationship = z.infer<typeof Relationship>;

export const MemberChange = z
  .enum(['audit', 'add', 'change', 'terminate', 'reinstate'])
  .describe('`audit`: as it is, for a full file; the others are changes.');
export type MemberChange = z.infer<typeof MemberChange>;

export const ChangeReason = z.enum([
  'active',
  'adoption',
  'benefit_selection',
  'birth',
  'cobra',
  'cobra_premium_paid',
  'corrected_data',
  'death',
  'declined',
  'disability',
  'divorce',
  'employment_ended',
  'benefits_ended',
  'fired',
  'initial_enrollment',
  'layoff_with_benefits',
  'layoff_without_benefits',
  'leave_with_benefits',
  'leave_without_benefits',
  'legal_separation',
  'location_change',
  'marriage',
  'member_selection',
  'no_reason_given',
  'non_payment',
  'notification_only',
  'personnel_data',
  'plan_change',
  'pre_enrollment',
  'primary_care_change',
  'quit',
  're_enrollment',
  'retirement',
  'strike',
  'surviving_spouse',
  'suspended',
  'transfer',
  'voluntary_withdrawal',
]);
export type ChangeReason = z.infer<typeof ChangeReason>;

export const BenefitStatus = z.enum(['active', 'cobra', 'surviving', 'tefra']);
export type BenefitStatus = z.infer<typeof BenefitStatus>;

export const CobraEvent = z.enum([
  'employment_ended',
  'fewer_hours',
  'medicare',
  'death',
  'divorce',
  'separation',
  'ineligible_child',
  'employer_bankruptcy',
  'layoff',
  'leave',
  'agreed',
]);
export type CobraEvent = z.infer<typeof CobraEvent>;

export const EmploymentStatus = z.enum([
  'active',
  'full_time',
  'part_time',
  'leave',
  'retired',
  'terminated',
  'military_overseas',
  'military_home',
]);
export type EmploymentStatus = z.infer<typeof EmploymentStatus>;

export const Gender = z.enum(['female', 'male', 'unknown']);
export type Gender = z.infer<typeof Gender>;

export const MaritalStatus = z.enum([
  'single',
  'married',
  'divorced',
  'separated',
  'legally_separated',
  'widowed',
  'unmarried',
  'registered_partner',
  'unreported',
]);
export type MaritalStatus = z.infer<typeof MaritalStatus>;

export const StudentStatus = z.enum(['full_time', 'part_time', 'not_student']);
export type StudentStatus = z.infer<typeof StudentStatus>;

export const InsuranceLine = z.enum([
  'health',
  'major_medical',
  'hmo',
  'ppo',
  'epo',
  'pos',
  'dental',
  'dental_capitation',
  'vision',
  'hearing',
  'prescription_drugs',
  'mail_order_drugs',
  'mental_health',
  'preventive_care',
  'long_term_care',
  'long_term_disability',
  'short_term_disability',
  'all_day_care',
  'medicare_risk',
  'facility',
  'practitioners',
  'utilization_review',
]);
export type InsuranceLine = z.infer<typeof InsuranceLine>;

export const CoverageLevel = z.enum([
  'employee',
  'employee_and_spouse',
  'employee_and_children',
  'employee_and_one_dependent',
  'employee_and_two_dependents',
  'employee_and_three_dependents',
  'employee_and_one_or_more',
  'employee_and_two_or_more',
  'employee_and_three_or_more',
  'employee_and_four_or_more',
  'employee_and_five_or_more',
  'family',
  'individual',
  'two_party',
  'spouse',
  'spouse_and_children',
  'children',
  'dependents',
]);
export type CoverageLevel = z.infer<typeof CoverageLevel>;

export const CoverageChange = z.enum([
  'audit',
  'add',
  'change',
  'terminate',
  'reinstate',
  'correct',
  'delete',
  'not_applicable',
]);
export type CoverageChange = z.infer<typeof CoverageChange>;

const Money = z
  .string()
  .regex(/^-?(?:0|[1-9]\d{0,11})\.\d{2}$/, 'An amount with two decimals, such as 120.50')
  .meta({ example: '120.50' });

export const Coverage = z.object({
  line: InsuranceLine,
  change: CoverageChange.optional().describe("The member's own when left out."),
  plan: text(50).optional().describe('Name or code of the plan, as the carrier gave it.'),
  level: CoverageLevel.optional().describe('Who is covered.'),
  policyNumber: text(50).optional(),
  start: LocalDate.optional().describe('First day of the cover.'),
  end: LocalDate.optional().describe('Last day of the cover.'),
  changeDate: LocalDate.optional().describe('When a change of the cover takes effect.'),
  premium: Money.optional(),
  late: z.boolean().optional().describe('Enrolled later than the first time it was possible.'),
});
export type Coverage = z.infer<typeof Coverage>;

export const PostalAddress = z.object({
  line1: text(55),
  line2: text(55).optional(),
  city: text(30, 2),
  state: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Two capital letters')
    .optional()
    .describe('State of the US or province of Canada.'),
  postalCode: z
    .string()
    .regex(/^[A-Z0-9]{3,15}$/, 'Letters and digits without spaces or dashes')
    .optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Two capital letters')
    .optional()
    .describe('ISO 3166; left out in the US.'),
});
export type PostalAddress = z.infer<typeof PostalAddress>;

export const EnrollmentMember = z.object({
  relationship: Relationship,
  subscriberNumber: text(50, 2).describe(
    "The subscriber's number at the carrier; dependents carry that of their subscriber.",
  ),
  change: MemberChange.optional().describe(
    '`audit` when left out of a full file; needed in a file of changes.',
  ),
  reason: ChangeReason.optional(),
  changeDate: LocalDate.optional().describe('When the change takes effect.'),
  benefitStatus: BenefitStatus.default('active'),
  cobraEvent: CobraEvent.optional(),
  employmentStatus: EmploymentStatus.optional().describe('Of the subscriber; needed for `self`.'),
  studentStatus: StudentStatus.optional(),
  disabled: z.boolean().optional(),
  deathDate: LocalDate.optional(),
  groupNumber: text(50).optional().describe("The file's own when left out."),
  clientNumber: text(50).optional().describe('Number of the person at the employer.'),
  department: text(50).optional(),
  employmentStart: LocalDate.optional(),
  employmentEnd: LocalDate.optional(),
  eligibilityStart: LocalDate.optional(),
  eligibilityEnd: LocalDate.optional(),
  cobraStart: LocalDate.optional(),
  cobraEnd: LocalDate.optional(),
  ssn: Ssn.optional(),
  lastName: text(60),
  firstName: text(35).optional(),
  middleName: text(25).optional(),
  prefix: text(10).optional(),
  suffix: text(10).optional(),
  birthDate: LocalDate.optional(),
  gender: Gender.optional(),
  maritalStatus: MaritalStatus.optional(),
  phone: z
    .string()
    .regex(/^\d{10,15}$/, 'Digits only, with the area code')
    .optional(),
  email: z.email().max(256).optional(),
  address: PostalAddress.optional(),
  mailingAddress: PostalAddress.optional().describe('Where it differs from the address.'),
  previous: z
    .object({
      lastName: text(60),
      firstName: text(35).optional(),
      middleName: text(25).optional(),
      ssn: Ssn.optional(),
      birthDate: LocalDate.optional(),
      gender: Gender.optional(),
    })
    .optional()
    .describe('What the carrier has and was wrong, when name, number, birth date or gender are corrected.'),
  coverages: z.array(Coverage).max(99).default([]),
});
export type EnrollmentMember = z.infer<typeof EnrollmentMember>;

const InterchangeParty = z.object({
  qualifier: z
    .enum(['01', '14', '20', '27', '28', '29', '30', '33', 'ZZ'])
    .default('ZZ')
    .describe('What the id is: 30 a US tax number, ZZ agreed between the two.'),
  id: z.string().regex(/^[A-Za-z0-9._-](?:[A-Za-z0-9 ._-]{0,13}[A-Za-z0-9._-])?$/),
  applicationId: z
    .string()
    .regex(/^[A-Za-z0-9 ._-]{2,15}$/)
    .optional()
    .describe('Of the group (GS); the id when left out.'),
});

export const Delimiters = z.object({
  element: z.string().length(1).default('*'),
  component: z.string().length(1).default(':'),
  repetition: z.string().length(1).default('^'),
  segment: z.string().length(1).default('~'),
  lineEnd: z.enum(['', '\n', '\r\n']).default('').describe('After the end of each segment.'),
});
export type Delimiters = z.infer<typeof Delimiters>;

/** A whole 834 file, envelope and members. */
export const Enrollment = z.object({
  sender: InterchangeParty,
  receiver: InterchangeParty,
  controlNumber: z
    .number()
    .int()
    .min(1)
    .max(999_999_999)
    .describe('Of the interchange and its group. Never used twice with one partner.'),
  reference: text(50).describe('The name of this file to people; returns in questions about it.'),
  createdAt: Timestamp.describe('To the minute.'),
  test: z.boolean().describe('Marks the file as a test (ISA15 = T).'),
  acknowledgementRequested: z.boolean().default(true).describe('Asks for a TA1.'),
  purpose: z.enum(['original', 'resubmission', 'information_copy']).default('original'),
  content: z
    .enum(['full', 'replace', 'changes'])
    .describe(
      '`full`: all members, to be compared; `replace`: all members, instead of what the carrier has; `changes` only.',
    ),
  effectiveDate: LocalDate.optional(),
  masterPolicyNumber: text(50).optional(),
  groupNumber: text(50)
    .optional()
    .describe('Group or policy number of every member who has none of their own.'),
  totals: z.boolean().default(false).describe('Writes the numbers of subscribers and dependents.'),
  sponsor: z.object({
    name: text(60).optional(),
    taxId: text(80, 2).describe('Federal tax number of the employer.'),
  }),
  payer: z.object({
    name: text(60).optional(),
    taxId: text(80, 2).describe('Federal tax number of the carrier.'),
  }),
  broker: z.object({ name: text(60), taxId: text(80, 2) }).optional(),
  members: z.array(EnrollmentMember).min(1).max(50_000),
});
export type Enrollment = z.infer<typeof Enrollment>;

/* Rows of CSV files */

const Hours = z
  .string()
  .regex(/^-?(?:0|[1-9]\d{0,5})\.\d{2}$/, 'A number with two decimals, such as 80.00')
  .meta({ example: '80.00' });

/** One participant of one pay date, and what the plan knows about them. */
export const ContributionRow = z.object({
  planNumber: text(20),
  payDate: LocalDate.optional().describe('Check date; needed where amounts are sent.'),
  ssn: Ssn.optional().describe('Of the participant; it or the employee number must be there.'),
  employeeNumber: text(30).optional(),
  lastName: text(60),
  firstName: text(35),
  middleName: text(25).optional(),
  birthDate: LocalDate.optional(),
  hireDate: LocalDate.optional(),
  rehireDate: LocalDate.optional(),
  terminationDate: LocalDate.optional(),
  addressLine1: text(55).optional(),
  addressLine2: text(55).optional(),
  city: text(30).optional(),
  state: text(20).optional(),
  postalCode: text(15).optional(),
  email: z.email().max(256).optional(),
  division: text(30).optional(),
  preTax: Money.optional().describe('Deferral before tax.'),
  roth: Money.optional().describe('Roth deferral.'),
  afterTax: Money.optional(),
  match: Money.optional().describe("The employer's match."),
  employerOther: Money.optional().describe('Profit sharing and the like.'),
  loanNumber: text(20).optional(),
  loanPayment: Money.optional(),
  hours: Hours.optional(),
  periodPay: Money.optional(),
  yearHours: Hours.optional().describe('Since the first of January.'),
  yearPay: Money.optional().describe('Since the first of January.'),
});
export type ContributionRow = z.infer<typeof ContributionRow>;

/** One element of the pay of one person: hours, a bonus, an absence. */
export const PayrollRow = z.object({
  employeeNumber: text(30),
  lastName: text(60).optional(),
  firstName: text(35).optional(),
  periodStart: LocalDate,
  periodEnd: LocalDate,
  code: text(30).describe("The payroll's own code of the element."),
  label: text(100).optional(),
  quantity: Hours.optional().describe('Hours, days or pieces.'),
  rate: Money.optional(),
  amount: Money.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Three capital letters')
    .optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Two capital letters')
    .optional(),
  costCenter: text(30).optional(),
  note: text(200).optional(),
});
export type PayrollRow = z.infer<typeof PayrollRow>;

/** One column: which field of the rows, under which heading. */
export const CsvColumn = z.object({ field: z.string().min(1).max(60), header: z.string().min(1).max(100) });
export type CsvColumn = z.infer<typeof CsvColumn>;

/**
 * How rows are written down. What a partner wants is agreed with it; ours are a start, and every part of one can be
 * changed.
 */
export const CsvLayout = z.object({
  columns: z.array(CsvColumn).min(1).max(100).describe('In their order.'),
  header: z.boolean().describe('Whether the first line has the headings.'),
  delimiter: z.enum([',', ';', '\t', '|']),
  dateFormat: z.enum(['YYYY-MM-DD', 'MM/DD/YYYY', 'DD/MM/YYYY', 'YYYYMMDD', 'MMDDYYYY', 'DDMMYYYY']),
  decimalMark: z.enum(['.', ',']),
  lineEnd: z.enum(['\n', '\r\n']),
  encoding: z.enum(['utf-8', 'utf-8-bom', 'windows-1252']),
  escapeFormulas: z
    .boolean()
    .describe(
      'Puts an apostrophe before text that a spreadsheet would run as a formula. Off where a program reads the file.',
    ),
});
export type CsvLayout = z.infer<typeof CsvLayout>;

/* Findings */

/** What a check of a file found. It says where, and never what stands there. */
export const FileFinding = z.object({
  severity: z
    .enum(['error', 'warning', 'info'])
    .describe('`error`: the partner will refuse it; `warning`: look at it.'),
  code: z.string().describe('Stable name of the rule.').meta({ example: 'required_element_missing' }),
  message: z.string(),
  segment: z.string().nullable().describe('X12: the id of the segment.').meta({ example: 'INS' }),
  position: z.number().int().nullable().describe('X12: which segment of the file, from 1.'),
  element: z.string().nullable().describe('X12: which element.').meta({ example: 'INS02' }),
  member: z.number().int().nullable().describe('X12 834: which member of the file, from 1.'),
  row: z.number().int().nullable().describe('CSV: which row of data, from 1.'),
  column: z.string().nullable().describe('CSV: the heading of the column.'),
});
export type FileFinding = z.infer<typeof FileFinding>;

/** What became of a file at the partner. */
export const AcknowledgementOutcome = z.enum([
  'accepted',
  'accepted_with_errors',
  'partly_accepted',
  'rejected',
]);
export type AcknowledgementOutcome = z.infer<typeof AcknowledgementOutcome>;

const CodedMessage = z.object({ code: z.string(), message: z.string() });

/** A TA1, 999 or 997, in words. The copies of bad data that a partner may put into it are left out. */
export const Acknowledgement = z.object({
  outcome: AcknowledgementOutcome.describe('The worst of all that it says.'),
  interchanges: z
    .array(
      z.object({
        controlNumber: z.number().int().describe('Of the interchange that it answers (ISA13).'),
        outcome: AcknowledgementOutcome,
        note: CodedMessage,
      }),
    )
    .describe('TA1: about the envelope.'),
  groups: z
    .array(
      z.object({
        controlNumber: z.number().int().describe('Of the group that it answers (GS06).'),
        functionalCode: z.string().meta({ example: 'BE' }),
        outcome: AcknowledgementOutcome,
        included: z.number().int().describe('Transactions that the group says it holds.'),
        received: z.number().int(),
        accepted: z.number().int(),
        errors: z.array(CodedMessage),
        transactions: z.array(
          z.object({
            controlNumber: z.string().describe('ST02'),
            outcome: AcknowledgementOutcome,
            errors: z.array(CodedMessage),
            segments: z.array(
              z.object({
                segment: z.string(),
                position: z.number().int().describe('In the transaction; its ST is 1.'),
                loop: z.string().nullable(),
                code: z.string().nullable(),
                message: z.string(),
                elements: z.array(
                  z.object({
                    element: z.string().meta({ example: 'NM103' }),
                    code: z.string(),
                    message: z.string(),
                  }),
                ),
              }),
            ),
          }),
        ),
      }),
    )
    .describe('999 and 997: about groups and transactions.'),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;
