import { defineGroup } from './event-type.ts';
import { email, list, nullable, oneOf, text, time } from './schema.ts';

const contact = {
  id: text('Id of the contact in your product.'),
  firstName: text('Given name.'),
  lastName: text('Family name.'),
  email: nullable(email('E-mail address.')),
  phone: nullable(text('Telephone number in E.164 form.')),
  company: nullable(text('Company the contact works for.')),
  'jobTitle?': nullable(text('Position there.')),
  'tags?': list('Labels.', text('One label.')),
  ownerId: nullable(text('Id of the user who is responsible.')),
};

const example = {
  id: 'CON-7781',
  firstName: 'Anna',
  lastName: 'Berg',
  email: 'anna.berg@contoso.example',
  phone: '+4930555010',
  company: 'Contoso GmbH',
  jobTitle: 'Head of Procurement',
  tags: ['newsletter', 'trade-fair'],
  ownerId: 'USR-22',
};

export const contactEvents = defineGroup('Contacts', {
  'contact.created': {
    description: 'A contact was added.',
    data: {
      ...contact,
      source: oneOf('How it came in.', ['manual', 'import', 'form', 'integration']),
      createdAt: time('When it was added.'),
    },
    example: { ...example, source: 'form', createdAt: '2026-11-23T10:25:00.000Z' },
  },
  'contact.updated': {
    description: 'Something about a contact changed. `data` is the contact after the change.',
    data: {
      ...contact,
      changedFields: list('Names of the fields that changed.', text('Name of a field.')),
      updatedAt: time('When it changed.'),
    },
    example: { ...example, changedFields: ['jobTitle'], updatedAt: '2026-11-25T07:44:18.000Z' },
  },
  'contact.deleted': {
    description: 'A contact was removed. Only its id is sent, so that no personal data outlives it.',
    data: {
      id: contact.id,
      reason: oneOf('Why it was removed.', ['manual', 'merged', 'privacy_request']),
      'mergedIntoId?': nullable(text('Id of the contact that took it over, after a merge.')),
      deletedAt: time('When it was removed.'),
    },
    example: {
      id: 'CON-7781',
      reason: 'merged',
      mergedIntoId: 'CON-5120',
      deletedAt: '2026-12-02T12:00:00.000Z',
    },
  },
});
