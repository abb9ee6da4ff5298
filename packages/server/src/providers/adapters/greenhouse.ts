import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import type { AdapterAnswer, Adapters } from './adapter.ts';
import { listAt, textAt } from './adapter.ts';
import { importedTable } from './table-import.ts';

type Output = CapabilityOutput<'ats.import'>;

/** The cursor of the next page, out of the Link header; the address in it is not followed. */
function nextCursor({ headers }: AdapterAnswer): string | null {
  const next = /<([^<>]+)>\s*;\s*rel="next"/.exec(headers['link'] ?? '')?.[1];
  return next === undefined || !URL.canParse(next) ? null : new URL(next).searchParams.get('cursor');
}

function candidateOf(candidate: unknown): Output['candidates'][number] {
  return {
    candidateId: textAt(candidate, 'id') ?? '',
    firstName: textAt(candidate, 'first_name') ?? '',
    lastName: textAt(candidate, 'last_name') ?? '',
    email: textAt(candidate, 'email_addresses', 0, 'value') ?? null,
    phone: textAt(candidate, 'phone_numbers', 0, 'value') ?? null,
    title: textAt(candidate, 'title') ?? null,
    company: textAt(candidate, 'company') ?? null,
    updatedAt: textAt(candidate, 'updated_at') ?? null,
  };
}

function jobOf(post: unknown): Output['jobs'][number] {
  const { live } = post as { live?: unknown };
  return {
    jobId: textAt(post, 'job_id') ?? textAt(post, 'id') ?? '',
    title: textAt(post, 'title') ?? '',
    state: live === true ? 'open' : live === false ? 'closed' : 'unknown',
    location: textAt(post, 'location', 'name') ?? textAt(post, 'location') ?? null,
    department: null,
    url: null,
    updatedAt: textAt(post, 'updated_at') ?? null,
  };
}

/** Candidates, and the posts of jobs, of Harvest v3. */
export const greenhouseAdapters: Adapters = {
  'ats.import': {
    repeatable: true,
    duplicates:
      'Nothing is changed. Jobs are the job posts. Names of fields of Harvest v3 are known in part only (medium confidence).',
    async run(input, io) {
      const table = await importedTable(input, io);
      if (table !== null) return table;
      const { what, limit, cursor, updatedSince } = input;
      // A cursor stands for the whole question; nothing else may come with it.
      const query = new URLSearchParams(
        cursor === undefined
          ? {
              per_page: String(limit),
              ...(updatedSince !== undefined && { 'updated_at[gte]': new Date(updatedSince).toISOString() }),
            }
          : { cursor },
      );
      const path = `/v3/${what === 'jobs' ? 'job_posts' : 'candidates'}?${query.toString()}`;
      const answer = await io.call({ method: 'GET', path });
      const items = listAt(answer.json());
      return {
        candidates: what === 'candidates' ? items.map(candidateOf) : [],
        jobs: what === 'jobs' ? items.map(jobOf) : [],
        nextCursor: nextCursor(answer),
        problems: [],
      };
    },
  },
};
