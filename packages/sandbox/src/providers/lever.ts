import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';
import type { SandboxReply } from '../exchange.ts';

/* Opportunities and postings, in pages that go on by an offset. */

const day = Date.parse('2026-11-10T08:00:00.000Z');

const opportunities = ['Ada Example', 'Grace B. Example', 'Katherine'].map((name, index) => ({
  id: `00000000-0000-4000-8000-00000000000${index + 1}`,
  name,
  contact: `00000000-0000-4000-9000-00000000000${index + 1}`,
  headline: index === 0 ? 'Nurse, Acme' : '',
  emails: index === 2 ? [] : [`${name.split(' ')[0]!.toLowerCase()}@example.com`],
  phones: index === 0 ? [{ type: 'mobile', value: '+1 415 555 0100' }] : [],
  stage: 'applicant-new',
  createdAt: day,
  updatedAt: day + index * 86_400_000,
}));

const postings = ['Nurse, night shift', 'Clerk'].map((text, index) => ({
  id: `00000000-0000-4000-a000-00000000000${index + 1}`,
  text,
  state: index === 0 ? 'published' : 'closed',
  categories: { department: 'Care', location: 'Austin, TX', team: 'Nights', commitment: 'Full-time' },
  urls: { show: `https://jobs.lever.co/acme/${index + 1}` },
  createdAt: day,
  updatedAt: day,
}));

const bad = (message: string): SandboxReply => json(400, { code: 'BadRequest', message });

function list(all: readonly { updatedAt: number }[]) {
  return ({ request }: Call): SandboxReply => {
    const { query } = request;
    const limit = Number(query.get('limit') ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) return bad('limit is from 1 to 100');
    const since = Number(query.get('updated_at_start') ?? 0);
    if (!Number.isSafeInteger(since)) return bad('updated_at_start is a time in milliseconds');
    const offset = query.get('offset');
    const start = offset === null ? 0 : Number(/^\[(\d+)\]$/.exec(offset)?.[1] ?? Number.NaN);
    if (Number.isNaN(start)) return bad('Invalid offset token');
    const found = all.filter(({ updatedAt }) => updatedAt >= since);
    const hasNext = start + limit < found.length;
    return json(200, {
      data: found.slice(start, start + limit),
      hasNext,
      ...(hasNext && { next: `[${start + limit}]` }),
    });
  };
}

export const leverOperations: OperationSet = {
  slugs: ['lever'],
  routes: [
    { method: 'GET', path: '/v1/opportunities', handle: list(opportunities) },
    { method: 'GET', path: '/v1/postings', handle: list(postings) },
  ],
};
