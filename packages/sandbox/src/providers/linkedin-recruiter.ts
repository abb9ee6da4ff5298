import { isEmail, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* Job postings: operations are taken in a batch, and worked on later. */

const failure = (status: number, code: string, message: string): SandboxReply =>
  json(status, { status, code, message });

const operations = ['CREATE', 'UPDATE', 'RENEW', 'CLOSE'];
const employments = ['FULL_TIME', 'PART_TIME', 'CONTRACT', 'TEMPORARY', 'INTERNSHIP', 'VOLUNTEER'];
const workplaces = ['On-site', 'Hybrid', 'Remote'];
const known = new Set(
  'externalJobPostingId jobPostingOperationType listingType availability title description location'
    .split(' ')
    .concat(
      'workplaceTypes employmentStatus companyApplyUrl listedAt posterEmail integrationContext'.split(' '),
    ),
);
const mostInBatch = 100;

/** What is wrong with one operation; null when nothing is. */
function jobFault(job: Fields, context: string): string | null {
  const other = Object.keys(job).find((key) => !known.has(key));
  if (other !== undefined) return `unrecognized field found but not allowed: ${other}`;
  const { externalJobPostingId: id, title, description, listedAt } = job;
  if (!isText(id) || id.length > 75) return 'externalJobPostingId has 1 to 75 characters';
  if (job['integrationContext'] !== context) return 'integrationContext is not of this application';
  if (!operations.includes(String(job['jobPostingOperationType'])))
    return 'jobPostingOperationType is not known';
  if (job['jobPostingOperationType'] === 'CLOSE') return null;
  if (!isText(title) || title.length > 200) return 'title has 1 to 200 characters';
  if (!isText(description) || description.length < 100 || description.length > 25_000)
    return 'description has 100 to 25000 characters';
  if (!isText(job['location'])) return 'location is required';
  if (!/^https?:\/\//.test(String(job['companyApplyUrl']))) return 'companyApplyUrl is no address';
  if (!Number.isInteger(listedAt)) return 'listedAt is no time in milliseconds';
  if (!employments.includes(String(job['employmentStatus']))) return 'employmentStatus is not known';
  const places = job['workplaceTypes'];
  if (!Array.isArray(places) || places.some((place) => !workplaces.includes(String(place))))
    return 'workplaceTypes are not known';
  return job['posterEmail'] === undefined || isEmail(job['posterEmail']) ? null : 'posterEmail is no address';
}

function batch({ request, account, store }: Call): SandboxReply {
  if (request.headers['x-restli-method']?.toLowerCase() !== 'batch_create')
    return failure(400, 'BAD_REQUEST', 'X-RestLi-Method is batch_create here');
  if (!/^20\d{4}$/.test(request.headers['linkedin-version'] ?? ''))
    return failure(400, 'VERSION_MISSING', 'A version must be present. Please specify a version.');
  const elements = listOf(readJson(request)?.['elements']);
  if (elements.length === 0 || elements.length > mostInBatch)
    return failure(400, 'BAD_REQUEST', `A batch has 1 to ${mostInBatch} elements`);
  const results = elements.map((job) => {
    const fault = jobFault(job, account.values['integrationContext']!);
    if (fault !== null) return { status: 400, error: { status: 400, message: fault } };
    const id = String(job['externalJobPostingId']);
    const before = store.find('job posting', id);
    const closes = job['jobPostingOperationType'] === 'CLOSE';
    // A second posting of the same job is dropped; its task says so later.
    if (before === undefined ? !closes : job['jobPostingOperationType'] !== 'CREATE')
      store.put({
        kind: 'job posting',
        id,
        data: { ...before?.data, ...job, state: closes ? 'CLOSED' : 'LISTED' },
      });
    return { id: `urn:li:simpleJobPostingTask:${[8, 4, 4, 4, 12].map(hexId).join('-')}`, status: 202 };
  });
  return json(200, { elements: results });
}

export const linkedinRecruiterOperations: OperationSet = {
  slugs: ['linkedin-recruiter'],
  routes: [{ method: 'POST', path: '/rest/simpleJobPostings', handle: batch }],
};
