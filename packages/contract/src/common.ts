import { z } from 'zod';

/** Row ids are UUIDs, version 7, made by the application. */
export const Id = z.uuid();

/** RFC 3339 instant in UTC. */
export const Timestamp = z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T10:30:00.000Z' });

export const PageInput = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Rows a page.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
});

/** A page of a list: rows and the cursor of the next page, null at the end. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

export const Empty = z.object({});
export const Done = z.object({ ok: z.literal(true) });
