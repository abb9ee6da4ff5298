import type { Provider } from './provider.ts';

export const glassdoor: Provider = {
  slug: 'glassdoor',
  name: 'Glassdoor',
  category: 'job-boards',
  description:
    'Job listings and company reviews. Glassdoor has no API that is open today: this keeps a list of jobs to check or post by hand.',
  website: 'https://www.glassdoor.com',
  docsUrl: 'https://www.glassdoor.com/developer/index.htm',
  statusPageUrl: null,
  selfServe: false,
  features: ['List of jobs to post by hand'],
  setupSteps: [
    'Connect Indeed first: job ads are understood to reach Glassdoor through its sister company.',
    'Enter your company’s name as it stands on its Glassdoor page.',
    'Work through the list of jobs here, and check on Glassdoor that they are shown.',
  ],
  auth: [
    {
      type: 'manual',
      fields: [
        {
          key: 'employerName',
          label: 'Company name on Glassdoor',
          secret: false,
          help: 'As it stands at the top of your company’s page on Glassdoor.',
          example: 'Acme Inc.',
          level: 'account',
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'form',
    why: 'There is nothing to ask, so only the form of the values is checked.',
  },
  errors: [
    {
      contains: 'Job not shown',
      fault: 'config',
      title: 'The job is not on Glassdoor',
      cause: 'Jobs are not posted to Glassdoor directly.',
      fix: 'Publish the job through the Indeed connection.',
    },
    {
      status: [403],
      fault: 'config',
      title: 'The partner program is closed',
      cause: 'The old partner API takes no new keys.',
      fix: 'Publish through the Indeed connection instead.',
    },
  ],
  limits: { published: null },
  settings: [],
  inbound: null,
  exchange: {
    standard: 'None: a list of jobs for a person.',
    transport: 'By hand. No posting feed of Glassdoor’s own is known.',
    encryption: 'None: nothing is sent from here.',
    cadence: 'When jobs change.',
    files: ['List of open jobs'],
    acknowledgement: 'None: a person looks whether the job is shown.',
    contact: 'Glassdoor employer support',
  },
  simulate: null,
  evidence: 'partial',
  notes: 'That jobs reach Glassdoor through Indeed is general knowledge; confirm it with Indeed.',
};
