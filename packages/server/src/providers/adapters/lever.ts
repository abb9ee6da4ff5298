import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Adapters } from './adapter.ts';
import { listAt, textAt } from './adapter.ts';
import { importedTable, splitName } from './table-import.ts';

type Output = CapabilityOutput<'ats.import'>;

const states: Record<string, Output['jobs'][number]['state']> = {
  published: 'open',
  internal: 'open',
  closed: 'closed',
  draft: 'draft',
  pending: 'draft',
};

/** Lever counts time in milliseconds. */
function timeAt(value: unknown, key: string): string | null {
  const ms = textAt(value, key);
  return ms === undefined ? null : new Date(Number(ms)).toISOString();
}

function candidateOf(opportunity: unknown): Output['candidates'][number] {
  const [email] = listAt(opportunity, 'emails');
  return {
    candidateId: textAt(opportunity, 'id') ?? '',
    ...splitName(textAt(opportunity, 'name') ?? ''),
    email: typeof email === 'string' ? email : null,
    phone: textAt(opportunity, 'phones', 0, 'value') ?? null,
    title: textAt(opportunity, 'headline') ?? null,
    company: null,
    updatedAt: timeAt(opportunity, 'updatedAt'),
  };
}

function jobOf(posting: unknown): Output['jobs'][number] {
  return {
    jobId: textAt(posting, 'id') ?? '',
    title: textAt(posting, 'text') ?? '',
    state: states[textAt(posting, 'state') ?? ''] ?? 'unknown',
    location: textAt(posting, 'categories', 'location') ?? null,
    department: textAt(posting, 'categories', 'department') ?? null,
    url: textAt(posting, 'urls', 'show') ?? null,
    updatedAt: timeAt(posting, 'updatedAt'),
  };
}

/** Opportunities, which are candidates for a job, and postings. */
export const leverAdapters: Adapters = {
  'ats.import': {
    repeatable: true,
    duplicates:
      'Nothing is changed. A person who was put forward twice is two candidates, as Lever has it; names come as one text, of which the last word is taken for the last name.',
    async run(input, io) {
      const table = await importedTable(input, io);
      if (table !== null) return table;
      const { what, limit, cursor, updatedSince } = input;
      const query = new URLSearchParams({
        limit: String(limit),
        ...(cursor !== undefined && { offset: cursor }),
        ...(updatedSince !== undefined && { updated_at_start: String(Date.parse(updatedSince)) }),
      });
      const path = `/${what === 'jobs' ? 'postings' : 'opportunities'}?${query.toString()}`;
      const content = (await io.call({ method: 'GET', path })).json();
      const items = listAt(content, 'data');
      const { hasNext } = content as { hasNext?: unknown };
      return {
        candidates: what === 'candidates' ? items.map(candidateOf) : [],
        jobs: what === 'jobs' ? items.map(jobOf) : [],
        nextCursor: hasNext === true ? (textAt(content, 'next') ?? null) : null,
        problems: [],
      };
    },
  },
};
