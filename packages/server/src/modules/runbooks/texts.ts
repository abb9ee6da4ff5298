import type { RunbookTarget } from '@trunkline/contract/runbooks';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';

/** A way out while the provider does not work, as it is written down; links are resolved later. */
export interface Fallback {
  key: string;
  title: string;
  detail: string;
  target?: { target: RunbookTarget; label: string };
}

interface Texts {
  critical: boolean;
  fallbacks: Fallback[];
}

const backup: Fallback = {
  key: 'backup',
  title: 'Switch to the backup',
  detail:
    'If a backup is linked, switch to it by hand, unless that has happened by itself. If none is, connect one of the same category now: it takes a few minutes.',
  target: { target: 'failover', label: 'Open failover' },
};

/** What helps besides a backup, for the categories where something does (UC-ADMIN-007, section 9). */
const texts: Partial<Record<ProviderCategory, Texts>> = {
  email: {
    critical: true,
    fallbacks: [
      backup,
      {
        key: 'queued',
        title: 'Look at what waits',
        detail:
          'Email that was asked for in the meantime is kept and goes out when one provider works. Tell senders not to send again, or people get it twice.',
        target: { target: 'actions', label: 'See waiting actions' },
      },
      {
        key: 'by-hand',
        title: 'Send what cannot wait by hand',
        detail: 'Interview times and offers of today: from your own mailbox, with a copy to the shared one.',
      },
    ],
  },
  storage: {
    critical: true,
    fallbacks: [
      backup,
      {
        key: 'local',
        title: 'Store locally for now',
        detail:
          'Local storage takes new files until the provider is back; they are to be copied back afterwards. Files that are only at the provider cannot be opened meanwhile.',
        target: { target: 'failover', label: 'Open failover' },
      },
    ],
  },
  payroll: {
    critical: true,
    fallbacks: [
      {
        key: 'csv',
        title: 'Export a CSV file and upload it by hand',
        detail:
          'Write the payroll file here, check it, and upload it in the provider’s own portal before the cut-off of the run. Note its name and the time in the incident.',
        target: { target: 'files', label: 'Write a file' },
      },
      {
        key: 'cut-off',
        title: 'Know the cut-off',
        detail: 'Ask the provider by phone for the last time at which it still takes this run.',
      },
    ],
  },
  'job-boards': {
    critical: true,
    fallbacks: [
      {
        key: 'manual',
        title: 'Post by hand in the board’s own site',
        detail:
          'Take the open jobs from your system, post the urgent ones in the board’s employer site, and keep the list: jobs that were posted by hand must not be posted again later.',
        target: { target: 'providerDocs', label: 'Open the board' },
      },
    ],
  },
  sms: {
    critical: true,
    fallbacks: [
      backup,
      {
        key: 'call',
        title: 'Reach people another way',
        detail:
          'Call those with an appointment today, or send them an email. Sign-in codes by text message do not arrive.',
      },
    ],
  },
  'background-checks': {
    critical: true,
    fallbacks: [
      {
        key: 'portal',
        title: 'Order in the provider’s portal',
        detail:
          'Urgent checks can be ordered there by hand. Write the candidate’s id in the reference, so that the result finds its way back.',
        target: { target: 'providerDocs', label: 'Open the provider' },
      },
    ],
  },
  payments: {
    critical: true,
    fallbacks: [
      {
        key: 'stop',
        title: 'Do not charge again',
        detail:
          'A payment whose answer is missing may have been made. Look it up in the provider’s dashboard by its idempotency key before anything is repeated.',
        target: { target: 'providerDocs', label: 'Open the provider' },
      },
    ],
  },
  'work-authorization': {
    critical: true,
    fallbacks: [
      {
        key: 'deadline',
        title: 'Mind the deadline',
        detail:
          'A case is due on the third business day after the first day of work. Create it in the agency’s own portal while the connection does not work, and note why it was late if it is.',
        target: { target: 'files', label: 'Open the files' },
      },
    ],
  },
  calendar: { critical: false, fallbacks: [backup] },
  video: {
    critical: false,
    fallbacks: [
      backup,
      {
        key: 'own-link',
        title: 'Send a link of your own',
        detail:
          'Interviews of the next hours: make the meeting by hand and send its link to everybody invited.',
      },
    ],
  },
  chat: {
    critical: false,
    fallbacks: [
      {
        key: 'email',
        title: 'Use email for notifications',
        detail: 'Alerts still reach people in this product and by email, if that channel is set up.',
        target: { target: 'alerts', label: 'Open alerts' },
      },
    ],
  },
  'e-signature': {
    critical: false,
    fallbacks: [
      backup,
      {
        key: 'pdf',
        title: 'Send the document another way',
        detail:
          'What must be signed today can be sent from the provider’s own site once it answers there, or as a PDF to be signed by hand.',
      },
    ],
  },
  kyc: { critical: false, fallbacks: [backup] },
  hris: {
    critical: false,
    fallbacks: [
      {
        key: 'hold',
        title: 'Hold changes of employee data',
        detail: 'They are kept in step again after the connection works; entering them twice makes doubles.',
      },
    ],
  },
  benefits: {
    critical: false,
    fallbacks: [
      {
        key: 'file',
        title: 'Hand the file over yourself',
        detail: 'Write the enrollment file here and upload it in the carrier’s portal.',
        target: { target: 'files', label: 'Write a file' },
      },
    ],
  },
  retirement: {
    critical: false,
    fallbacks: [
      {
        key: 'file',
        title: 'Hand the file over yourself',
        detail: 'Write the contributions file here and upload it in the plan’s portal before its deadline.',
        target: { target: 'files', label: 'Write a file' },
      },
    ],
  },
};

/** What the runbook of a category says beyond what all of them say. */
export function textsOf(category: ProviderCategory): Texts {
  return texts[category] ?? { critical: false, fallbacks: [backup] };
}

/** The categories whose runbook is there before the organization has any integration of them. */
export const criticalCategories = (Object.keys(texts) as ProviderCategory[]).filter(
  (category) => texts[category]?.critical,
);
