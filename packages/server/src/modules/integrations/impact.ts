import type { ProviderCategory } from '@trunkline/contract/provider-categories';

const impacts: Partial<Record<ProviderCategory, string>> = {
  email: 'Emails are not sent.',
  sms: 'Text messages are not sent.',
  chat: 'Messages do not reach their channels.',
  messaging: 'Messages are not sent.',
  calendar: 'Calendar entries are not made or changed.',
  storage: 'Files cannot be stored or fetched.',
  video: 'Meetings get no video link.',
  payroll: 'Payroll data is not passed on.',
  hris: 'Employee data is not kept in step.',
  ats: 'Candidates are not imported.',
  benefits: 'Enrollments are not sent to the carrier.',
  retirement: 'Contributions are not reported.',
  'background-checks': 'Background checks cannot be ordered.',
  'job-boards': 'Jobs are not posted.',
  crm: 'Contacts are not kept in step.',
  payments: 'Payments cannot be made or read.',
  kyc: 'Identities cannot be verified.',
  'e-signature': 'Documents cannot be sent for signature.',
};

/** What no longer works while an integration of this category does not, in a sentence (DASH-2). */
export function impactOf(category: ProviderCategory): string {
  return impacts[category] ?? 'Calls through it fail.';
}
