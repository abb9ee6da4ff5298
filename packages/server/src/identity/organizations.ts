import type { Role } from '@trunkline/contract/permissions';
import type { Pool, PoolClient } from 'pg';
import { IdentityError } from './errors.ts';

const longestSlug = 63;
const numberedSlugs = 50;

/** A pool, or the client of a running transaction. */
export type Database = Pool | PoolClient;

/**
 * Creates an organization. Without a slug, one is made from the name and numbered until it is free.
 * @param input.id UUID
 * @throws IdentityError `invalid_name`; `slug_taken` when the given slug is in use or malformed
 */
export async function createOrganization(
  db: Database,
  input: { id: string; name: string; slug?: string | undefined },
): Promise<{ id: string; slug: string }> {
  const name = readName(input.name);
  if (input.slug !== undefined) {
    if (!isSlug(input.slug) || !(await insertOrganization(db, input.id, name, input.slug))) {
      throw new IdentityError('slug_taken');
    }
    return { id: input.id, slug: input.slug };
  }
  const base = slugOf(name);
  for (let number = 1; number <= numberedSlugs; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (await insertOrganization(db, input.id, name, slug)) return { id: input.id, slug };
  }
  // The last twelve digits of a UUID are random in every version we make.
  const slug = `${base}-${input.id.slice(-12).toLowerCase()}`;
  if (await insertOrganization(db, input.id, name, slug)) return { id: input.id, slug };
  throw new IdentityError('slug_taken');
}

/**
 * Makes a user a member of an organization.
 * @param input.id UUID of the membership
 * @throws IdentityError `already_a_member`
 */
export async function addMember(
  db: Database,
  input: { id: string; organizationId: string; userId: string; role: Role },
): Promise<void> {
  const { rowCount } = await db.query(
    `INSERT INTO members (id, organization_id, user_id, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organization_id, user_id) DO NOTHING`,
    [input.id, input.organizationId, input.userId, input.role],
  );
  if (rowCount === 0) throw new IdentityError('already_a_member');
}

/**
 * Trims the name of a person or an organization.
 * @throws IdentityError `invalid_name` unless 1 to 200 characters without control characters remain
 */
export function readName(text: string): string {
  const name = text.trim();
  if (name.length === 0 || name.length > 200 || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new IdentityError('invalid_name');
  }
  return name;
}

/** Lower-case Latin letters and digits of a name with hyphens between; `organization` when none is left. */
function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug - 13)
    .replace(/^-+|-+$/g, '');
  return words === '' ? 'organization' : words;
}

function isSlug(text: string): boolean {
  return text.length <= longestSlug && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

/** False when the slug is in use. Waits for a running transaction that takes the same one. */
async function insertOrganization(db: Database, id: string, name: string, slug: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'INSERT INTO organizations (id, name, slug) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING',
    [id, name, slug],
  );
  return rowCount === 1;
}
