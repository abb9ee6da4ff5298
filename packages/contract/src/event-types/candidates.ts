import { defineGroup } from './event-type.ts';
import { email, list, nullable, oneOf, text, time } from './schema.ts';

const statuses = ['new', 'screening', 'active', 'submitted', 'placed', 'inactive', 'do_not_contact'];

const candidate = {
  id: text('Id of the candidate in your product.'),
  firstName: text('Given name.'),
  lastName: text('Family name.'),
  email: nullable(email('E-mail address.')),
  phone: nullable(text('Telephone number in E.164 form.')),
  status: oneOf('State of the candidate.', statuses),
  'skills?': list('Skills, most important first.', text('Name of a skill.')),
  'source?': text('Where the candidate comes from, such as a job board.'),
  ownerId: nullable(text('Id of the recruiter who is responsible.')),
};

const example = {
  id: 'CAN-20871',
  firstName: 'Priya',
  lastName: 'Raman',
  email: 'priya.raman@example.com',
  phone: '+15125550142',
  status: 'active',
  skills: ['Java', 'Spring', 'PostgreSQL'],
  source: 'LinkedIn',
  ownerId: 'USR-104',
};

export const candidateEvents = defineGroup('Candidates', {
  'candidate.created': {
    description: 'A candidate was added, by hand, by an import or through an application.',
    data: { ...candidate, createdAt: time('When the candidate was added.') },
    example: { ...example, status: 'new', createdAt: '2026-11-23T09:12:45.000Z' },
  },
  'candidate.updated': {
    description: "Something in a candidate's profile changed. `data` is the profile after the change.",
    data: {
      ...candidate,
      changedFields: list('Names of the fields that changed.', text('Name of a field.')),
      updatedAt: time('When it changed.'),
    },
    example: {
      ...example,
      changedFields: ['phone', 'skills'],
      updatedAt: '2026-11-23T11:02:09.000Z',
    },
  },
  'candidate.status_changed': {
    description: 'A candidate moved from one status to another.',
    data: {
      ...candidate,
      previousStatus: oneOf('Status before the change.', statuses),
      changedBy: nullable(text('Id of the user who changed it; null when a rule did.')),
      changedAt: time('When it changed.'),
    },
    example: {
      ...example,
      status: 'submitted',
      previousStatus: 'active',
      changedBy: 'USR-104',
      changedAt: '2026-11-24T14:20:31.000Z',
    },
  },
});
