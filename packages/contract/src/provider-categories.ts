/** The groups of the catalog, in the order of the screens (UC-ADMIN-007, section 2). */
export const providerGroups = {
  core: 'Core business',
  hr: 'HR and payroll',
  communication: 'Communication',
  developer: 'Developer and platform',
} as const;
export type ProviderGroup = keyof typeof providerGroups;

/** Every category with its words and its group. */
export const providerCategories = {
  email: { label: 'Email', group: 'core' },
  calendar: { label: 'Calendar', group: 'core' },
  storage: { label: 'Storage', group: 'core' },
  crm: { label: 'CRM', group: 'core' },
  support: { label: 'Support', group: 'core' },
  marketing: { label: 'Marketing', group: 'core' },
  'e-commerce': { label: 'E-commerce', group: 'core' },
  payments: { label: 'Payments', group: 'core' },
  tax: { label: 'Tax', group: 'core' },
  'e-signature': { label: 'E-signature', group: 'core' },
  kyc: { label: 'Identity verification', group: 'core' },
  ats: { label: 'Applicant tracking', group: 'hr' },
  'job-boards': { label: 'Job boards', group: 'hr' },
  'background-checks': { label: 'Background checks', group: 'hr' },
  'work-authorization': { label: 'Work authorization', group: 'hr' },
  hris: { label: 'HRIS', group: 'hr' },
  payroll: { label: 'Payroll', group: 'hr' },
  benefits: { label: 'Benefits', group: 'hr' },
  retirement: { label: 'Retirement', group: 'hr' },
  chat: { label: 'Chat', group: 'communication' },
  sms: { label: 'SMS', group: 'communication' },
  messaging: { label: 'Messaging', group: 'communication' },
  phone: { label: 'Phone', group: 'communication' },
  video: { label: 'Video', group: 'communication' },
  social: { label: 'Social', group: 'communication' },
  automation: { label: 'Automation', group: 'developer' },
  analytics: { label: 'Analytics', group: 'developer' },
  sso: { label: 'Single sign-on', group: 'developer' },
} as const satisfies Record<string, { label: string; group: ProviderGroup }>;
export type ProviderCategory = keyof typeof providerCategories;
