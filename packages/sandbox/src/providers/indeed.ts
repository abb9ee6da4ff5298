import { at, isEmail, isFields, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/* The job postings of Job Sync: one address, two mutations. GraphQL answers 200 to refusals too. */

const refusal = (message: string, code = 'BAD_USER_INPUT'): SandboxReply =>
  json(200, { errors: [{ message, extensions: { code } }], data: null });

const bodyKeys = new Set(
  'title description descriptionFormatting location benefits taxonomyClassification salary'.split(' '),
);
const metadataKeys = new Set('jobPostingId datePublished url jobSource contacts jobRequisitionId'.split(' '));
const sourceTypes = ['Employer', 'Recruiter'];
const periods = ['HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'];

const stranger = (value: Fields, known: ReadonlySet<string>) =>
  Object.keys(value).find((key) => !known.has(key));

function bodyFault(body: unknown): string | null {
  if (!isFields(body)) return 'Field "body" of required type "SourcedJobPostingBodyInput!" was not provided.';
  const other = stranger(body, bodyKeys);
  if (other !== undefined) return `Field "${other}" is not defined by type "SourcedJobPostingBodyInput".`;
  if (!isText(body['title'])) return 'Title is required.';
  if (!isText(body['description'])) return 'Description is required.';
  if (!/^[A-Z]{2}$/.test(String(at(body, 'location.country')))) return 'Country is an ISO 3166 code.';
  if (!isText(at(body, 'location.cityRegionPostal'))) return 'cityRegionPostal is required.';
  const { salary } = body;
  if (salary === undefined) return null;
  const whole = (key: string) => Number.isInteger(at(salary, key));
  if (!whole('minimumMinor') || !whole('maximumMinor')) return 'Amounts of pay are whole minor units.';
  if (!/^[A-Z]{3}$/.test(String(at(salary, 'currency')))) return 'Currency is an ISO 4217 code.';
  return periods.includes(String(at(salary, 'period'))) ? null : 'Period of pay is not known.';
}

function metadataFault(metadata: unknown): string | null {
  if (!isFields(metadata)) return 'Field "metadata" of required type was not provided.';
  const other = stranger(metadata, metadataKeys);
  if (other !== undefined) return `Field "${other}" is not defined by type "SourcedJobPostingMetadataInput".`;
  if (!isText(metadata['jobPostingId'])) return 'jobPostingId is required.';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(String(metadata['datePublished'])))
    return 'datePublished is no time of ISO 8601 in UTC.';
  if (!/^https?:\/\//.test(String(metadata['url']))) return 'url is no address.';
  if (!isText(at(metadata, 'jobSource.companyName'))) return 'companyName is required.';
  if (!isText(at(metadata, 'jobSource.sourceName'))) return 'sourceName is required.';
  if (!sourceTypes.includes(String(at(metadata, 'jobSource.sourceType')))) return 'sourceType is not known.';
  const wrong = listOf(metadata['contacts']).some(
    (contact) => !isEmail(at(contact, 'contactInfo.contactEmail')),
  );
  return wrong ? 'contactEmail is no address.' : null;
}

/** Makes a posting, or changes the one with the same id of the same source. */
function create({ store }: Call, input: unknown): SandboxReply {
  const postings = listOf(at(input, 'jobPostings'));
  if (postings.length === 0) return refusal('At least one job posting.');
  for (const { body, metadata } of postings) {
    const fault = bodyFault(body) ?? metadataFault(metadata);
    if (fault !== null) return refusal(fault);
  }
  const results = postings.map(({ body, metadata }) => {
    const key = `${String(at(metadata, 'jobSource.sourceName'))}/${String(at(metadata, 'jobPostingId'))}`;
    const before = store.find('job posting', key);
    const given = before?.data['sourcedPostingId'];
    const sourcedPostingId = isText(given) ? given : [8, 4, 4, 4, 12].map(hexId).join('-');
    store.put({ kind: 'job posting', id: key, data: { sourcedPostingId, state: 'active', body, metadata } });
    return { jobPosting: { sourcedPostingId } };
  });
  return json(200, { data: { jobsIngest: { createSourcedJobPostings: { results } } } });
}

function expire({ store }: Call, input: unknown): SandboxReply {
  const jobs = listOf(at(input, 'jobs'));
  if (jobs.length === 0) return refusal('At least one job.');
  const results = jobs.flatMap(({ sourcedPostingId }) => {
    const item = store.list('job posting').find(({ data }) => data['sourcedPostingId'] === sourcedPostingId);
    if (!item) return [];
    store.put({ ...item, data: { ...item.data, state: 'expired' } });
    return [{ trackingKey: hexId(16) }];
  });
  return json(200, { data: { jobsIngest: { expireSourcedJobsBySourcedPostingId: { results } } } });
}

function graphql(call: Call): SandboxReply {
  const body = readJson(call.request);
  if (!body || !isText(body['query']))
    return json(400, { errors: [{ message: 'Must provide query string.' }] });
  const query = body['query'];
  const input = at(body, 'variables.input');
  if (!/^\s*mutation\b/.test(query) || !/\bjobsIngest\s*\{/.test(query))
    return refusal('Cannot query this field.', 'GRAPHQL_VALIDATION_FAILED');
  if (/\bcreateSourcedJobPostings\(input: \$input\)/.test(query)) return create(call, input);
  if (/\bexpireSourcedJobsBySourcedPostingId\(input: \$input\)/.test(query)) return expire(call, input);
  return refusal('Cannot query this field on type "JobsIngestMutation".', 'GRAPHQL_VALIDATION_FAILED');
}

export const indeedOperations: OperationSet = {
  slugs: ['indeed'],
  routes: [{ method: 'POST', path: '/graphql', scopes: ['employer_access'], handle: graphql }],
};
