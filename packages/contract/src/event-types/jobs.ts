import { defineGroup } from './event-type.ts';
import { count, list, object, oneOf, text, time, nullable, amount } from './schema.ts';

const job = {
  id: text('Id of the job in your product.'),
  title: text('Title of the job.'),
  status: oneOf('State of the job.', ['draft', 'open', 'on_hold', 'filled', 'closed']),
  client: text('Company that hires.'),
  location: text('Place of work, or `Remote`.'),
  employmentType: oneOf('Kind of employment.', ['full_time', 'part_time', 'contract', 'temporary']),
  openings: count('Positions to fill.'),
  'pay?': nullable(
    object('Pay range.', {
      minimum: amount('Lower end.'),
      maximum: amount('Upper end.'),
      currency: text('ISO 4217 code.'),
      period: oneOf('What the range is paid for.', ['hour', 'month', 'year']),
    }),
  ),
  ownerId: text('Id of the user who is responsible.'),
};

const example = {
  id: 'JOB-2026-1234',
  title: 'Senior Java Developer',
  status: 'open',
  client: 'Northwind Bank',
  location: 'Austin, TX',
  employmentType: 'contract',
  openings: 2,
  pay: { minimum: 70, maximum: 85, currency: 'USD', period: 'hour' },
  ownerId: 'USR-104',
};

export const jobEvents = defineGroup('Jobs', {
  'job.created': {
    description: 'A job was added.',
    data: { ...job, createdAt: time('When it was added.') },
    example: { ...example, createdAt: '2026-11-23T10:30:00.000Z' },
  },
  'job.updated': {
    description: 'Something about a job changed. `data` is the job after the change.',
    data: {
      ...job,
      changedFields: list('Names of the fields that changed.', text('Name of a field.')),
      updatedAt: time('When it changed.'),
    },
    example: {
      ...example,
      openings: 3,
      changedFields: ['openings'],
      updatedAt: '2026-11-24T08:05:12.000Z',
    },
  },
  'job.closed': {
    description: 'A job takes no more candidates: it was filled, cancelled or put away.',
    data: {
      ...job,
      reason: oneOf('Why it was closed.', ['filled', 'cancelled', 'expired', 'other']),
      placements: count('Candidates placed on it.'),
      closedAt: time('When it was closed.'),
    },
    example: {
      ...example,
      status: 'filled',
      reason: 'filled',
      placements: 2,
      closedAt: '2026-12-11T16:40:00.000Z',
    },
  },
});
