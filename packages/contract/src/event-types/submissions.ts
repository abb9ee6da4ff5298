import { defineGroup } from './event-type.ts';
import { amount, date, list, nullable, object, oneOf, text, time } from './schema.ts';

const statuses = ['submitted', 'client_review', 'interviewing', 'offered', 'placed', 'rejected', 'withdrawn'];

const submission = {
  id: text('Id of the submission in your product.'),
  jobId: text('Id of the job.'),
  candidateId: text('Id of the candidate.'),
  status: oneOf('State of the submission.', statuses),
  submittedBy: text('Id of the user who submitted the candidate.'),
  'rate?': object('Rate that was offered to the client.', {
    amount: amount('Amount for one period.'),
    currency: text('ISO 4217 code.'),
    period: oneOf('What the amount is paid for.', ['hour', 'month', 'year']),
  }),
};

const example = {
  id: 'SUB-55310',
  jobId: 'JOB-2026-1234',
  candidateId: 'CAN-20871',
  status: 'submitted',
  submittedBy: 'USR-104',
  rate: { amount: 82.5, currency: 'USD', period: 'hour' },
};

export const submissionEvents = defineGroup('Submissions', {
  'submission.created': {
    description: 'A candidate was submitted to a job.',
    data: { ...submission, createdAt: time('When the candidate was submitted.') },
    example: { ...example, createdAt: '2026-11-24T14:20:31.000Z' },
  },
  'submission.updated': {
    description: 'Something about a submission changed. `data` is the submission after the change.',
    data: {
      ...submission,
      changedFields: list('Names of the fields that changed.', text('Name of a field.')),
      updatedAt: time('When it changed.'),
    },
    example: { ...example, changedFields: ['rate'], updatedAt: '2026-11-24T15:01:00.000Z' },
  },
  'submission.status_changed': {
    description: 'A submission moved to another stage, for instance from review to interviews.',
    data: {
      ...submission,
      previousStatus: oneOf('Status before the change.', statuses),
      changedBy: nullable(text('Id of the user who changed it; null when a rule did.')),
      changedAt: time('When it changed.'),
    },
    example: {
      ...example,
      status: 'interviewing',
      previousStatus: 'client_review',
      changedBy: 'USR-104',
      changedAt: '2026-11-26T09:30:00.000Z',
    },
  },
  'submission.placed': {
    description: 'The client accepted the candidate and a placement was made.',
    data: {
      ...submission,
      placementId: text('Id of the placement.'),
      startDate: date('First day of work.'),
      'endDate?': nullable(date('Last day of work; null when it is open.')),
      placedAt: time('When the placement was made.'),
    },
    example: {
      ...example,
      status: 'placed',
      placementId: 'PLC-3021',
      startDate: '2027-01-04',
      endDate: '2027-06-30',
      placedAt: '2026-12-11T16:38:10.000Z',
    },
  },
});
