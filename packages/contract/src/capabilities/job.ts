import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

/** An id of the caller's, as every board takes it. */
const JobId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,74}$/, 'Letters, digits, dots, dashes and underscores; at most 75')
  .describe(
    'Your own id of the job. Boards know it by this id, so that posting it again makes no second ad.',
  );

const Address = z.url({ protocol: /^https$/ }).max(2_000);
const Amount = z.number().positive().max(100_000_000);

/** Where people work. */
const Location = z.strictObject({
  city: Line(100).min(1),
  region: Line(100).optional().describe('A state or a province, such as TX.'),
  postalCode: Line(20).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'Two capital letters, such as US'),
});

const Pay = z
  .strictObject({
    min: Amount,
    max: Amount,
    currency: z.string().regex(/^[A-Z]{3}$/, 'Three capital letters, such as USD'),
    period: z.enum(['hour', 'day', 'week', 'month', 'year']),
  })
  .refine(({ min, max }) => max >= min, 'The most is not below the least');

export const jobPost = defineCapability({
  label: 'Post a job',
  summary: 'Publish a job ad on a job board',
  effect: 'write',
  input: z.strictObject({
    jobId: JobId,
    title: Line(200).min(1),
    description: z
      .string()
      .min(100)
      .max(25_000)
      .describe(
        'Text, or HTML with headings, paragraphs, lists and emphasis. Boards refuse less than 100 characters.',
      ),
    company: Line(200).min(1).describe('As the ad names it.'),
    location: Location,
    workplace: z.enum(['on_site', 'hybrid', 'remote']).default('on_site'),
    employment: z
      .enum(['full_time', 'part_time', 'contract', 'temporary', 'internship', 'volunteer'])
      .default('full_time'),
    pay: Pay.optional().describe('Shown where the board has a place for it.'),
    applyUrl: Address.describe('Where people apply, or read the ad of your own.'),
    contactName: Line(100).optional(),
    contactEmail: z.email().max(254).optional().describe('For the board, not for the ad.'),
  }),
  output: z.object({
    postingId: z.string().describe('What the board calls it; closing it may need this.'),
    state: z.enum(['live', 'pending']).describe('`pending`: taken, and looked at by the board first.'),
    url: z.string().nullable().describe('Where the ad can be seen.'),
  }),
  example: {
    jobId: 'job-4711',
    title: 'Nurse, night shift',
    description:
      '<p>You look after twelve patients together with a colleague, from ten in the evening to six in the morning.</p><ul><li>A licence as a nurse</li></ul>',
    company: 'Acme Staffing',
    location: { city: 'Austin', region: 'TX', postalCode: '78732', country: 'US' },
    pay: { min: 32, max: 38, currency: 'USD', period: 'hour' },
    applyUrl: 'https://jobs.example.com/job-4711',
  },
});

export const jobClose = defineCapability({
  label: 'Close a job',
  summary: 'Take a job ad off a job board',
  effect: 'write',
  input: z.strictObject({
    jobId: JobId,
    postingId: Line(300).min(1).describe('As posting the job gave it.'),
  }),
  output: z.object({
    postingId: z.string(),
    state: z.enum(['closed', 'pending']).describe('`pending`: taken, and done soon.'),
  }),
  example: { jobId: 'job-4711', postingId: '5e0f1c2a-9d3b-4a77-8c11-0b2d6f9e7a10' },
});
