import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { AdapterAnswer, Adapters, Adapting } from './adapter.ts';
import { textAt } from './adapter.ts';

const create = `mutation Post($input: CreateSourcedJobPostingsInput!) {
  jobsIngest { createSourcedJobPostings(input: $input) { results { jobPosting { sourcedPostingId } } } }
}`;
const expire = `mutation Close($input: ExpireSourcedJobsBySourcedPostingIdInput!) {
  jobsIngest { expireSourcedJobsBySourcedPostingId(input: $input) { results { trackingKey } } }
}`;

const upper = (word: string): string => word.toUpperCase();

/** Indeed counts pay in the smallest unit of a currency, such as cents. */
function minorUnits(amount: number, currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return Math.round(amount * 10 ** maximumFractionDigits);
}

function bodyOf(job: CapabilityInput<'job.post'>): Record<string, unknown> {
  const { title, description, location, pay } = job;
  const { city, region, postalCode, country } = location;
  const place = [city, [region, postalCode].filter((part) => part !== undefined).join(' ')];
  return {
    title,
    description,
    descriptionFormatting: 'RICH_FORMATTING',
    location: { country, cityRegionPostal: place.filter((part) => part !== '').join(', ') },
    benefits: [],
    ...(pay && {
      salary: {
        currency: pay.currency,
        minimumMinor: minorUnits(pay.min, pay.currency),
        maximumMinor: minorUnits(pay.max, pay.currency),
        period: upper(pay.period),
      },
    }),
  };
}

/** Indeed answers 200 to refusals too. */
async function mutate(io: Adapting, query: string, input: unknown): Promise<AdapterAnswer> {
  const answer = await io.call({ method: 'POST', path: '/graphql', json: { query, variables: { input } } });
  const { errors } = answer.json() as { errors?: unknown };
  if (errors !== undefined) throw io.failure(answer.text, 200);
  return answer;
}

/** Job Sync, which Indeed opens to applicant tracking systems that it has reviewed. */
export const indeedAdapters: Adapters = {
  'job.post': {
    repeatable: true,
    duplicates:
      'Indeed knows a job by your id and the source name: posting it again changes the ad that is there. The shapes come from Indeed’s partner documentation and could not be tried against Indeed itself (medium confidence); kind of employment and workplace are not handed over, as Indeed has codes of its own for them.',
    async run(job, io) {
      const { jobId, company, applyUrl, contactName, contactEmail } = job;
      const answer = await mutate(io, create, {
        jobPostings: [
          {
            body: bodyOf(job),
            metadata: {
              jobPostingId: jobId,
              datePublished: new Date(io.now).toISOString(),
              url: applyUrl,
              jobSource: {
                companyName: company,
                sourceName: io.values['sourceName'] ?? '',
                sourceType: 'Employer',
              },
              ...(contactEmail !== undefined && {
                contacts: [
                  {
                    contactType: ['contact'],
                    contactInfo: {
                      contactEmail,
                      ...(contactName !== undefined && { contactName }),
                    },
                  },
                ],
              }),
            },
          },
        ],
      });
      const path = ['data', 'jobsIngest', 'createSourcedJobPostings', 'results', 0, 'jobPosting'];
      const postingId = textAt(answer.json(), ...path, 'sourcedPostingId');
      if (postingId === undefined) throw io.failure(answer.text, 200);
      return { postingId, state: 'pending', url: null };
    },
  },
  'job.close': {
    repeatable: true,
    duplicates: 'Closing it again changes nothing.',
    async run({ postingId }, io) {
      const answer = await mutate(io, expire, { jobs: [{ sourcedPostingId: postingId }] });
      const path = ['data', 'jobsIngest', 'expireSourcedJobsBySourcedPostingId', 'results', 0];
      if (textAt(answer.json(), ...path, 'trackingKey') === undefined) throw io.failure(answer.text, 404);
      return { postingId, state: 'closed' };
    },
  },
};
