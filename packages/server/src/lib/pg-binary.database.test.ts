import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import {
  boolArray,
  byteaArray,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './pg-binary.ts';

describe('PostgreSQL reads back', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase({ max: 1 });
  });
  afterAll(() => database.drop());

  /** The elements as PostgreSQL understood them, each in its text form. */
  async function read(type: string, parameter: Buffer): Promise<(string | null)[]> {
    const result = await database.pool.query<{ element: string | null }>(
      `select element::text from unnest($1::${type}[]) with ordinality as list(element, position)
       order by position`,
      [parameter],
    );
    return result.rows.map((row) => row.element);
  }

  it('empty arrays', async () => {
    const encoded = {
      uuid: uuidArray([]),
      text: textArray([]),
      bytea: byteaArray([]),
      int4: int4Array([]),
      int8: int8Array([]),
      bool: boolArray([]),
      timestamptz: timestamptzArray([]),
    };
    for (const [type, parameter] of Object.entries(encoded)) expect(await read(type, parameter)).toEqual([]);
  });

  it('uuid', async () => {
    const ids = [randomUUID(), null, randomUUID(), '00000000-0000-0000-0000-000000000000'];
    expect(await read('uuid', uuidArray(ids))).toEqual(ids);
    const many = Array.from({ length: 5000 }, () => randomUUID());
    expect(await read('uuid', uuidArray(many))).toEqual(many);
    expect(await read('uuid', uuidArray(many.map((id) => id.toUpperCase())))).toEqual(many);
  });

  it('text', async () => {
    const special = ['', null, 'null', '{"a":"\\"}', "it's", 'é€😀', '\u0001\n\t', 'x'.repeat(100_000)];
    expect(await read('text', textArray(special))).toEqual(special);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 200 })), { maxLength: 50 }),
        async (values) => {
          const storable = values.map((value) => value && value.replaceAll('\0', ''));
          expect(await read('text', textArray(storable))).toEqual(storable);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('text as jsonb', async () => {
    const result = await database.pool.query<{ names: string }>(
      `select string_agg(document->>'name', ',') as names from unnest($1::text[]) as list(element),
         lateral (select element::jsonb as document) as parsed`,
      [textArray(['{"name":"a"}', '{"name":"b"}'])],
    );
    expect(result.rows).toEqual([{ names: 'a,b' }]);
  });

  it('bytea', async () => {
    const values = [Buffer.alloc(0), null, Buffer.from([0, 255, 92, 123]), randomBytes(70_000)];
    expect(await read('bytea', byteaArray(values))).toEqual(
      values.map((value) => value && `\\x${value.toString('hex')}`),
    );
  });

  it('int4 and int8', async () => {
    const text = (value: number | bigint | null) => (value === null ? null : String(value));
    const small = [0, -0, 1, -1, null, 2 ** 31 - 1, -(2 ** 31)];
    expect(await read('int4', int4Array(small))).toEqual(small.map(text));
    const large = [0, -1, 2 ** 32, -(2 ** 32) - 1, null, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const huge = [2n ** 63n - 1n, -(2n ** 63n), 0n, -1n];
    expect(await read('int8', int8Array([...large, ...huge]))).toEqual([...large, ...huge].map(text));
  });

  it('bool', async () => {
    expect(await read('bool', boolArray([true, null, false]))).toEqual(['true', null, 'false']);
  });

  it('timestamptz', async () => {
    const times = [
      0,
      null,
      946_684_800_000,
      Date.UTC(2026, 10, 23, 10, 30, 0, 123),
      -1,
      Date.UTC(1900, 0, 1),
    ];
    const result = await database.pool.query<{ at: Date | null }>(
      'select at from unnest($1::timestamptz[]) with ordinality as list(at, position) order by position',
      [timestamptzArray(times)],
    );
    expect(result.rows.map((row) => row.at && row.at.getTime())).toEqual(times);
    const micros = await database.pool.query<{ micros: string }>(
      'select extract(microseconds from at)::int8::text as micros from unnest($1::timestamptz[]) as list(at)',
      [timestamptzArray([1_000.25])],
    );
    expect(micros.rows).toEqual([{ micros: '1000250' }]);
  });

  it('several lists beside each other, in a batch insert', async () => {
    await database.pool.query(
      'create table item (id uuid primary key, name text, body bytea, due timestamptz)',
    );
    const ids = Array.from({ length: 500 }, () => randomUUID());
    await database.pool.query(
      'insert into item select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[])',
      [
        uuidArray(ids),
        textArray(ids.map((_, i) => `item ${i}`)),
        byteaArray(ids.map((id) => Buffer.from(id))),
        timestamptzArray(ids.map((_, i) => 1_790_000_000_000 + i)),
      ],
    );
    const result = await database.pool.query(
      `select count(*)::int as rows, count(*) filter (where body = convert_to(id::text, 'utf8'))::int as same
       from item`,
    );
    expect(result.rows).toEqual([{ rows: 500, same: 500 }]);
  });
});
