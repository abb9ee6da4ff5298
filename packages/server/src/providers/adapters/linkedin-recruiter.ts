import type { AdapterAnswer, Adapters, Adapting } from './adapter.ts';
import { textAt } from './adapter.ts';

const workplaces = { on_site: 'On-site', hybrid: 'Hybrid', remote: 'Remote' } as const;

/** Hands over one operation on one job; LinkedIn takes it and works on it for some minutes. */
async function submit(io: Adapting, job: Record<string, unknown>): Promise<string> {
  const { integrationContext = '' } = io.values;
  const answer: AdapterAnswer = await io.call({
    method: 'POST',
    path: '/rest/simpleJobPostings',
    headers: { 'x-restli-method': 'batch_create' },
    json: { elements: [{ integrationContext, ...job }] },
  });
  const content = answer.json();
  const status = Number(textAt(content, 'elements', 0, 'status') ?? 0);
  const task = textAt(content, 'elements', 0, 'id');
  if (status >= 400 || task === undefined) throw io.failure(answer.text, status >= 400 ? status : 422);
  return task;
}

/** The job posting API of the LinkedIn Talent Solutions partner program. */
export const linkedinRecruiterAdapters: Adapters = {
  'job.post': {
    repeatable: true,
    duplicates:
      'LinkedIn knows a job by your id and drops a second posting of it. What comes of a posting shows some minutes later, in LinkedIn or by its task. The shapes come from the partner documentation and could not be tried against LinkedIn itself (low confidence); pay is not handed over.',
    async run({ jobId, title, description, location, workplace, employment, applyUrl, contactEmail }, io) {
      const { city, region, country } = location;
      const postingId = await submit(io, {
        externalJobPostingId: jobId,
        jobPostingOperationType: 'CREATE',
        listingType: 'BASIC',
        availability: 'PUBLIC',
        title,
        description,
        location: [city, region, country].filter((part) => part !== undefined).join(', '),
        workplaceTypes: [workplaces[workplace]],
        employmentStatus: employment.toUpperCase(),
        companyApplyUrl: applyUrl,
        listedAt: io.now,
        ...(contactEmail !== undefined && { posterEmail: contactEmail }),
      });
      return { postingId, state: 'pending', url: null };
    },
  },
  'job.close': {
    repeatable: true,
    duplicates: 'Closing it again changes nothing.',
    async run({ jobId, postingId }, io) {
      await submit(io, { externalJobPostingId: jobId, jobPostingOperationType: 'CLOSE' });
      return { postingId, state: 'pending' };
    },
  },
};
