import { defineGroup } from './event-type.ts';
import { count, email, list, nullable, object, oneOf, text, time, url } from './schema.ts';

const interview = {
  id: text('Id of the interview in your product, or of the booking in a calendar.'),
  jobId: nullable(text('Id of the job; null when it was booked in a calendar that knows none.')),
  candidateId: nullable(text('Id of the candidate; null likewise: see `participants`.')),
  'submissionId?': nullable(text('Id of the submission that it belongs to.')),
  kind: oneOf('How it takes place.', ['phone', 'video', 'onsite']),
  startsAt: time('Planned start.'),
  endsAt: time('Planned end.'),
  timeZone: text('IANA time zone in which it was arranged.'),
  'location?': nullable(text('Address, for an interview on site.')),
  'videoUrl?': nullable(url('Link to the video meeting.')),
  participants: list(
    'Everyone invited, the candidate included.',
    object('One person.', {
      name: text('Full name.'),
      email: email('E-mail address.'),
      role: oneOf('Part in the interview.', ['candidate', 'interviewer', 'recruiter']),
    }),
  ),
};

const example = {
  id: 'INT-9004',
  jobId: 'JOB-2026-1234',
  candidateId: 'CAN-20871',
  submissionId: 'SUB-55310',
  kind: 'video',
  startsAt: '2026-12-01T16:00:00.000Z',
  endsAt: '2026-12-01T16:45:00.000Z',
  timeZone: 'America/Chicago',
  location: null,
  videoUrl: 'https://meet.example.com/j/9004',
  participants: [
    { name: 'Priya Raman', email: 'priya.raman@example.com', role: 'candidate' },
    { name: 'Tom Keller', email: 'tom.keller@northwind.example', role: 'interviewer' },
  ],
};

export const interviewEvents = defineGroup('Interviews', {
  'interview.scheduled': {
    description: 'An interview was arranged and has a time.',
    data: { ...interview, scheduledBy: text('Id of the user who arranged it, or `candidate`.') },
    example: { ...example, scheduledBy: 'USR-104' },
  },
  'interview.rescheduled': {
    description: 'An interview was moved. `data` is the interview with its new time.',
    data: {
      ...interview,
      previousStartsAt: nullable(time('Start before it was moved; null when the calendar does not say.')),
    },
    example: { ...example, previousStartsAt: '2026-11-30T16:00:00.000Z' },
  },
  'interview.cancelled': {
    description: 'An interview was called off and has no new time.',
    data: {
      ...interview,
      cancelledBy: oneOf('Who called it off.', ['candidate', 'client', 'recruiter']),
      reason: nullable(text('Reason, if one was given.')),
      cancelledAt: time('When it was called off.'),
    },
    example: {
      ...example,
      cancelledBy: 'client',
      reason: 'The interviewer is ill.',
      cancelledAt: '2026-12-01T13:10:00.000Z',
    },
  },
  'interview.completed': {
    description: 'An interview took place and its outcome was recorded.',
    data: {
      ...interview,
      outcome: oneOf('Recommendation.', ['advance', 'hold', 'reject', 'no_show']),
      'rating?': nullable({ ...count('Score from 1 to 5.'), minimum: 1, maximum: 5 }),
      completedAt: time('When the outcome was recorded.'),
    },
    example: { ...example, outcome: 'advance', rating: 4, completedAt: '2026-12-01T16:52:00.000Z' },
  },
});
