import { defineGroup } from './event-type.ts';
import { email, nullable, oneOf, text, time } from './schema.ts';

const user = {
  id: text('Id of the user in your product.'),
  name: text('Full name.'),
  email: email('E-mail address, also the sign-in name.'),
  role: text('Role in your product.'),
  'team?': nullable(text('Team or department.')),
};

const example = {
  id: 'USR-131',
  name: 'Maria Lopez',
  email: 'maria.lopez@example.com',
  role: 'recruiter',
  team: 'Technology',
};

export const userEvents = defineGroup('Users', {
  'user.created': {
    description: 'A person got an account in your product.',
    data: {
      ...user,
      createdBy: nullable(text('Id of the user who added the account; null for self sign-up.')),
      createdAt: time('When the account was added.'),
    },
    example: { ...example, createdBy: 'USR-001', createdAt: '2026-11-23T08:00:00.000Z' },
  },
  'user.deactivated': {
    description: 'A person lost access to your product. Use it to close accounts elsewhere.',
    data: {
      ...user,
      reason: oneOf('Why access ended.', ['left', 'suspended', 'duplicate', 'other']),
      deactivatedBy: nullable(text('Id of the user who did it; null when a rule did.')),
      deactivatedAt: time('When access ended.'),
    },
    example: {
      ...example,
      reason: 'left',
      deactivatedBy: 'USR-001',
      deactivatedAt: '2027-03-31T17:00:00.000Z',
    },
  },
});
