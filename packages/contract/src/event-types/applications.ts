import { defineGroup } from './event-type.ts';
import { email, list, nullable, object, oneOf, text, time, url } from './schema.ts';

export const applicationEvents = defineGroup('Applications', {
  'application.created': {
    description: 'Somebody applied for a job, on your site, through a job board or by an import.',
    data: {
      id: text('Id of the application in your product.'),
      jobId: text('Id of the job.'),
      candidateId: nullable(text('Id of the candidate; null until the application is matched to one.')),
      applicant: object('What the applicant gave.', {
        name: text('Full name.'),
        email: email('E-mail address.'),
        'phone?': nullable(text('Telephone number in E.164 form.')),
      }),
      source: oneOf('Where it came from.', ['career_site', 'job_board', 'referral', 'import', 'other']),
      'sourceName?': nullable(text('Name of the job board or of the person who referred.')),
      'resumeUrl?': nullable(url('Where to fetch the résumé.')),
      'answers?': list(
        'Answers to the questions of the form.',
        object('One answer.', { question: text('The question.'), answer: text('The answer.') }),
      ),
      createdAt: time('When it came in.'),
    },
    example: {
      id: 'APP-61002',
      jobId: 'JOB-2026-1234',
      candidateId: null,
      applicant: { name: 'Priya Raman', email: 'priya.raman@example.com', phone: '+15125550142' },
      source: 'job_board',
      sourceName: 'Indeed',
      resumeUrl: 'https://files.example.com/f/resume-61002.pdf',
      answers: [{ question: 'When can you start?', answer: 'In four weeks.' }],
      createdAt: '2026-11-23T09:10:02.000Z',
    },
  },
});
