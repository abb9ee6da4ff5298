import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import { addMember, createOrganization } from './organizations.ts';
import { uuidV7 } from './uuid.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
const newId = (): string => uuidV7(1_700_000_000_000, randomBytes);

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('creating an organization', () => {
  it.each([
    ['Ärzte & Söhne GmbH', 'arzte-sohne-gmbh'],
    ['  --Acme--  ', 'acme'],
    ['東京電力', 'organization'],
    ['x'.repeat(200), 'x'.repeat(50)],
    ["Robert'); DROP TABLE organizations;--", 'robert-drop-table-organizations'],
  ])('makes a slug of %j', async (name, slug) => {
    const id = newId();
    expect(await createOrganization(database.pool, { id, name })).toEqual({ id, slug });
  });

  it('numbers slugs that are taken, also when many are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createOrganization(database.pool, { id: newId(), name: 'Same Name' })),
    );
    const expected = ['same-name', ...[2, 3, 4, 5, 6, 7, 8].map((number) => `same-name-${number}`)];
    expect(made.map(({ slug }) => slug).sort()).toEqual(expected);
  });

  it('takes a given slug as it is or refuses it', async () => {
    const make = (slug: string) => createOrganization(database.pool, { id: newId(), name: 'Given', slug });
    expect((await make('given-1')).slug).toBe('given-1');
    for (const slug of ['given-1', 'Upper', '-a', 'a--b', '', 'a'.repeat(64), '../etc']) {
      await expect(make(slug)).rejects.toMatchObject({ code: 'slug_taken' });
    }
  });

  it.each(['', '  ', 'x'.repeat(201), 'a\nb'])('refuses the name %j', async (name) => {
    await expect(createOrganization(database.pool, { id: newId(), name })).rejects.toMatchObject({
      code: 'invalid_name',
    });
  });
});

describe('adding a member', () => {
  it('adds a person once', async () => {
    const userId = newId();
    await database.pool.query("INSERT INTO users (id, email, name) VALUES ($1, 'member@example.com', 'M')", [
      userId,
    ]);
    const { id: organizationId } = await createOrganization(database.pool, { id: newId(), name: 'Club' });
    const add = () => addMember(database.pool, { id: newId(), organizationId, userId, role: 'viewer' });
    await add();
    await expect(add()).rejects.toMatchObject({ code: 'already_a_member' });
  });
});
