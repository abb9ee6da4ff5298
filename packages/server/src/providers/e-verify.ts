import type { Provider } from './provider.ts';

export const eVerify: Provider = {
  slug: 'e-verify',
  name: 'E-Verify',
  category: 'work-authorization',
  description:
    'Check of work eligibility by the US government (USCIS and SSA) after Form I-9. There is no public API: a person enters the case in E-Verify from the list that is kept here.',
  website: 'https://www.e-verify.gov',
  docsUrl: 'https://www.e-verify.gov/supplemental-guide-for-web-services-users',
  statusPageUrl: null,
  selfServe: false,
  features: ['List of cases to open by hand', 'Case results, brought back by hand'],
  setupSteps: [
    'Enroll your company in E-Verify and sign the memorandum of understanding.',
    'Enter the company ID that E-Verify gave you.',
    'Open each case in E-Verify by the third business day after the start, never before a job offer is accepted.',
  ],
  auth: [
    {
      type: 'manual',
      fields: [
        {
          key: 'companyId',
          label: 'E-Verify company ID',
          secret: false,
          help: 'It stands on your memorandum of understanding, and in the company profile in E-Verify.',
          example: '123456',
          level: 'account',
          pattern: /^\d+$/,
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'form',
    why: 'There is nothing to ask without opening a case, so only the form of the values is checked.',
  },
  errors: [
    {
      contains: 'Tentative Nonconfirmation',
      fault: 'badInput',
      title: 'The records differ (mismatch)',
      cause: 'What SSA or DHS has on record differs from the data of the case.',
      fix: 'Give the employee the further action notice, and take no adverse action in the meantime.',
    },
    {
      contains: 'Duplicate case',
      fault: 'badInput',
      title: 'The case exists already',
      cause: 'A case with the same data was opened in the last 30 days.',
      fix: 'Open the earlier case, or state why a new one is needed.',
    },
  ],
  limits: { published: null },
  settings: [],
  inbound: null,
  exchange: {
    standard:
      'None for files. E-Verify has a web service under an Interface Control Agreement (ICA), which it gives only to enrolled participants.',
    transport: 'By hand in E-Verify.',
    encryption: 'TLS of the E-Verify site.',
    cadence: 'One case for each new hire, by the third business day after the start.',
    files: ['List of cases to open', 'Case results, incoming'],
    acknowledgement: 'The status of the case in E-Verify.',
    contact: 'E-Verify web services team',
  },
  simulate: null,
  evidence: 'checked',
  notes:
    'The web service needs enrollment for web services access and a signed agreement. Its addresses and test environment are given only then, so this connection does not use it.',
};
