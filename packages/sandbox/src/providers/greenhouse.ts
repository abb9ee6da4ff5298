import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import type { SandboxReply } from '../exchange.ts';

/* Candidates and job posts of Harvest v3. A page names the next one in its Link header; a cursor comes alone. */

const candidates = ['Ada', 'Grace', 'Katherine'].map((name, index) => ({
  id: 53_883_394 + index,
  first_name: name,
  last_name: 'Example',
  company: index === 0 ? 'Acme' : null,
  title: 'Nurse',
  email_addresses: index === 2 ? [] : [{ value: `${name.toLowerCase()}@example.com`, type: 'personal' }],
  phone_numbers: [{ value: '+1 415 555 0100', type: 'mobile' }],
  created_at: '2026-11-01T08:00:00.000Z',
  updated_at: `2026-11-1${index}T08:00:00.000Z`,
}));

const posts = ['Nurse, night shift', 'Clerk'].map((title, index) => ({
  id: 4_000_100 + index,
  job_id: 149_995 + index,
  title,
  live: index === 0,
  location: { name: 'Austin, TX' },
  updated_at: '2026-11-12T08:00:00.000Z',
}));

const bad = (message: string): SandboxReply => json(422, { message, errors: [{ message }] });
const known = ['per_page', 'cursor', 'ids', 'created_at[gte]', 'updated_at[gte]'];

interface Page {
  start: number;
  size: number;
  since: string;
}

const cursorOf = (page: Page) => Buffer.from(JSON.stringify(page)).toString('base64url');

/** Where a page begins; a text: why it is refused. */
function pageOf(query: URLSearchParams): Page | string {
  const other = [...query.keys()].find((key) => !known.includes(key));
  if (other !== undefined) return `Unknown parameter: ${other}`;
  const cursor = query.get('cursor');
  if (cursor !== null) {
    if ([...query.keys()].length > 1) return 'A cursor cannot be combined with other parameters.';
    try {
      return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Page;
    } catch {
      return 'The cursor is not valid.';
    }
  }
  const size = Number(query.get('per_page') ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 500) return 'per_page is from 1 to 500.';
  const since = query.get('updated_at[gte]') ?? '';
  if (since !== '' && Number.isNaN(Date.parse(since))) return 'updated_at is no time of ISO 8601.';
  return { start: 0, size, since };
}

function list(all: readonly { updated_at: string }[]) {
  return ({ request }: Call): SandboxReply => {
    const page = pageOf(request.query);
    if (typeof page === 'string') return bad(page);
    const { start, size, since } = page;
    const found = all.filter(({ updated_at: at }) => since === '' || Date.parse(at) >= Date.parse(since));
    const next = `https://${request.host}${request.path}?cursor=${cursorOf({ ...page, start: start + size })}`;
    const link = start + size < found.length ? { link: `<${next}>; rel="next"` } : {};
    return json(200, found.slice(start, start + size), link as Record<string, string>);
  };
}

export const greenhouseOperations: OperationSet = {
  slugs: ['greenhouse'],
  routes: [
    { method: 'GET', path: '/v3/candidates', scopes: ['harvest:candidates:list'], handle: list(candidates) },
    { method: 'GET', path: '/v3/job_posts', scopes: ['harvest:job_posts:list'], handle: list(posts) },
  ],
  missingScope: () => json(403, { message: 'You do not have permission to access this resource.' }),
};
