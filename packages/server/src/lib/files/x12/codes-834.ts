import type {
  BenefitStatus,
  ChangeReason,
  CobraEvent,
  CoverageChange,
  CoverageLevel,
  EmploymentStatus,
  Enrollment,
  Gender,
  InsuranceLine,
  MaritalStatus,
  MemberChange,
  Relationship,
  StudentStatus,
} from '@trunkline/contract/files';

/* The codes of the 834 for our words. Each table has every word once and no code twice, so that it reads both ways. */

export const relationshipCodes: Record<Relationship, string> = {
  spouse: '01',
  parent: '03',
  grandparent: '04',
  grandchild: '05',
  uncle_or_aunt: '06',
  nephew_or_niece: '07',
  cousin: '08',
  adopted_child: '09',
  foster_child: '10',
  child_in_law: '11',
  sibling_in_law: '12',
  parent_in_law: '13',
  sibling: '14',
  ward: '15',
  stepparent: '16',
  stepchild: '17',
  self: '18',
  child: '19',
  sponsored_dependent: '23',
  dependent_of_minor: '24',
  ex_spouse: '25',
  guardian: '26',
  court_appointed_guardian: '31',
  collateral_dependent: '38',
  life_partner: '53',
  annuitant: '60',
  trustee: 'D2',
  other: 'G8',
  other_relative: 'G9',
};

export const memberChangeCodes: Record<MemberChange, string> = {
  change: '001',
  add: '021',
  terminate: '024',
  reinstate: '025',
  audit: '030',
};

export const reasonCodes: Record<ChangeReason, string> = {
  divorce: '01',
  birth: '02',
  death: '03',
  retirement: '04',
  adoption: '05',
  strike: '06',
  benefits_ended: '07',
  employment_ended: '08',
  cobra: '09',
  cobra_premium_paid: '10',
  surviving_spouse: '11',
  voluntary_withdrawal: '14',
  primary_care_change: '15',
  quit: '16',
  fired: '17',
  suspended: '18',
  active: '20',
  disability: '21',
  plan_change: '22',
  corrected_data: '25',
  declined: '26',
  pre_enrollment: '27',
  initial_enrollment: '28',
  benefit_selection: '29',
  legal_separation: '31',
  marriage: '32',
  personnel_data: '33',
  leave_with_benefits: '37',
  leave_without_benefits: '38',
  layoff_with_benefits: '39',
  layoff_without_benefits: '40',
  re_enrollment: '41',
  location_change: '43',
  non_payment: '59',
  no_reason_given: 'AI',
  member_selection: 'EC',
  notification_only: 'XN',
  transfer: 'XT',
};

export const benefitStatusCodes: Record<BenefitStatus, string> = {
  active: 'A',
  cobra: 'C',
  surviving: 'S',
  tefra: 'T',
};

export const cobraEventCodes: Record<CobraEvent, string> = {
  employment_ended: '1',
  fewer_hours: '2',
  medicare: '3',
  death: '4',
  divorce: '5',
  separation: '6',
  ineligible_child: '7',
  employer_bankruptcy: '8',
  layoff: '9',
  leave: '10',
  agreed: 'ZZ',
};

export const employmentStatusCodes: Record<EmploymentStatus, string> = {
  active: 'AC',
  military_overseas: 'AO',
  military_home: 'AU',
  full_time: 'FT',
  leave: 'L1',
  part_time: 'PT',
  retired: 'RT',
  terminated: 'TE',
};

export const studentStatusCodes: Record<StudentStatus, string> = {
  full_time: 'F',
  not_student: 'N',
  part_time: 'P',
};

export const genderCodes: Record<Gender, string> = { female: 'F', male: 'M', unknown: 'U' };

export const maritalStatusCodes: Record<MaritalStatus, string> = {
  registered_partner: 'B',
  divorced: 'D',
  single: 'I',
  married: 'M',
  unreported: 'R',
  separated: 'S',
  unmarried: 'U',
  widowed: 'W',
  legally_separated: 'X',
};

export const coverageChangeCodes: Record<CoverageChange, string> = {
  change: '001',
  delete: '002',
  add: '021',
  terminate: '024',
  reinstate: '025',
  correct: '026',
  audit: '030',
  not_applicable: '032',
};

export const insuranceLineCodes: Record<InsuranceLine, string> = {
  preventive_care: 'AG',
  all_day_care: 'AH',
  medicare_risk: 'AJ',
  mental_health: 'AK',
  dental_capitation: 'DCP',
  dental: 'DEN',
  epo: 'EPO',
  facility: 'FAC',
  hearing: 'HE',
  health: 'HLT',
  hmo: 'HMO',
  long_term_care: 'LTC',
  long_term_disability: 'LTD',
  major_medical: 'MM',
  mail_order_drugs: 'MOD',
  prescription_drugs: 'PDG',
  pos: 'POS',
  ppo: 'PPO',
  practitioners: 'PRA',
  short_term_disability: 'STD',
  utilization_review: 'UR',
  vision: 'VIS',
};

export const coverageLevelCodes: Record<CoverageLevel, string> = {
  children: 'CHD',
  dependents: 'DEP',
  employee_and_one_dependent: 'E1D',
  employee_and_two_dependents: 'E2D',
  employee_and_three_dependents: 'E3D',
  employee_and_one_or_more: 'E5D',
  employee_and_two_or_more: 'E6D',
  employee_and_three_or_more: 'E7D',
  employee_and_four_or_more: 'E8D',
  employee_and_five_or_more: 'E9D',
  employee_and_children: 'ECH',
  employee: 'EMP',
  employee_and_spouse: 'ESP',
  family: 'FAM',
  individual: 'IND',
  spouse_and_children: 'SPC',
  spouse: 'SPO',
  two_party: 'TWO',
};

export const purposeCodes: Record<Enrollment['purpose'], string> = {
  original: '00',
  resubmission: '15',
  information_copy: '22',
};

/** What the receiver does with the file (BGN08). */
export const contentCodes: Record<Enrollment['content'], string> = { changes: '2', full: '4', replace: 'RX' };

/** The word of a code in one of these tables; undefined where it has none. */
export function wordOf<Word extends string>(codes: Record<Word, string>, code: string): Word | undefined {
  return (Object.keys(codes) as Word[]).find((word) => codes[word] === code);
}
