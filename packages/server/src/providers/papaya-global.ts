import { internationalPayrollLayout } from '../lib/files/layouts.ts';
import { payrollFileAdapters } from './adapters/payroll-file.ts';
import type { Provider } from './provider.ts';

export const papayaGlobal: Provider = {
  slug: 'papaya-global',
  name: 'Papaya Global',
  category: 'payroll',
  description: 'Pays people in many countries: employees, contractors and other beneficiaries.',
  website: 'https://www.papayaglobal.com',
  docsUrl: 'https://docs.papayaglobal.com',
  statusPageUrl: null,
  selfServe: false,
  features: ['Payroll data as a file', 'No keys that can move money are kept here'],
  setupSteps: [
    'Ask your contact at Papaya Global which payroll file they take and how often.',
    'Agree on the columns; the file that is made here can be arranged to fit.',
    'Upload the file in the Papaya Global platform after each payroll.',
  ],
  auth: [
    {
      type: 'manual',
      fields: [
        {
          key: 'accountName',
          label: 'Company at Papaya Global',
          secret: false,
          help: 'The name under which Papaya Global knows your company.',
          example: 'Acme Staffing',
          level: 'account',
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'form',
    why: 'Files are carried by hand, so only the form of the values is checked.',
  },
  errors: [
    {
      contains: 'rejected',
      fault: 'badInput',
      title: 'The file was refused',
      cause: 'A column or a value is not as Papaya Global wants it; what a person needs differs by country.',
      fix: 'Compare the file with the layout that was agreed, correct it and upload it again.',
    },
  ],
  limits: { published: null },
  adapters: payrollFileAdapters(internationalPayrollLayout),
  settings: [],
  inbound: null,
  exchange: {
    standard: 'CSV; the layout is agreed with Papaya Global.',
    transport: 'By hand, in the platform of Papaya Global.',
    encryption: 'TLS on the way, as the platform is a web site.',
    cadence: 'Each payroll.',
    files: ['Payroll file'],
    acknowledgement: 'None that a program can read: the platform shows what it took.',
    contact: 'Your Papaya Global account manager',
  },
  simulate: null,
  evidence: 'partial',
  notes:
    'Papaya Global has an API for payments. It is known here from a third party’s description only and moves money, so nothing is built on it.',
};
