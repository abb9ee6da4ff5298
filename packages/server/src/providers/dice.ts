import type { Provider } from './provider.ts';

export const dice: Provider = {
  slug: 'dice',
  name: 'Dice',
  category: 'job-boards',
  description:
    'Job board for technology jobs. Dice has no open API for posting: jobs go there in a batch file that a person mails.',
  website: 'https://www.dice.com',
  docsUrl: 'https://www.dice.com/support/employer/jobs/jobs---batch-posting-instructions.html',
  statusPageUrl: null,
  selfServe: false,
  features: ['Batch file of your open jobs', 'List of jobs to post by hand'],
  setupSteps: [
    'Ask Dice support for batch posting; you get a user name, a password and your Dice ID.',
    'Agree whether a batch replaces all of your jobs or only adds to them.',
    'For each batch, download the file here and mail it to dicejobs@dice.com, with nothing in the mail but the user name and password lines.',
  ],
  auth: [
    {
      type: 'manual',
      fields: [
        {
          key: 'batchUsername',
          label: 'Batch posting user name',
          secret: false,
          help: 'Dice support gives it when batch posting is set up.',
          level: 'account',
        },
        {
          key: 'batchPassword',
          label: 'Batch posting password',
          secret: true,
          help: 'Given together with the user name. Dice wants it in the body of the mail.',
          level: 'account',
        },
        {
          key: 'diceId',
          label: 'Dice ID (group ID)',
          secret: false,
          help: 'Names your company at Dice; given together with the user name.',
          example: 'ABC123',
          level: 'account',
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'form',
    why: 'Nothing can be asked of Dice without posting, so only the form of the values is checked.',
  },
  errors: [
    {
      contains: 'Jobs vanished',
      fault: 'badInput',
      title: 'Jobs are gone from Dice',
      cause: 'A batch that replaces all jobs did not hold them.',
      fix: 'Always send the whole list of jobs, or have Dice switch you to batches that only add.',
    },
    {
      contains: 'Batch ignored',
      fault: 'badInput',
      title: 'The batch was ignored',
      cause: 'The mail held more than the two credential lines, or the attachment was not plain text.',
      fix: 'Send only the user name and password lines and one .txt or .gz file of at most 10 MB.',
    },
  ],
  limits: { published: 'One batch for each mail, at most 10 MB.' },
  settings: [
    {
      key: 'batchMode',
      label: 'What a batch does',
      help: 'As agreed with Dice. A batch that replaces removes every job that is not in it.',
      type: 'select',
      options: [
        { value: 'incremental', label: 'Adds to the jobs' },
        { value: 'replace', label: 'Replaces all jobs' },
      ],
      default: 'incremental',
    },
  ],
  inbound: null,
  exchange: {
    standard: 'Dice batch posting: plain text with SGML tags.',
    transport: 'Attachment of a mail to dicejobs@dice.com, with the credentials in its body.',
    encryption: 'None: the mail is not encrypted by itself.',
    cadence: 'On demand.',
    files: ['Jobs as .txt or .gz, at most 10 MB'],
    acknowledgement: 'None is described.',
    contact: 'support@dice.com',
  },
  simulate: null,
  evidence: 'checked',
  notes: 'Use this password for batch posting only: Dice takes it by mail.',
};
