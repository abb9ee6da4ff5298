import type { DBAdapter, DBTransactionAdapter, Where } from 'better-auth';
import { hashSessionToken } from './cookie.ts';

/**
 * better-auth writes session tokens as they are. This layer under it keeps their SHA-256 instead: tokens
 * in new rows and in conditions are hashed on the way down, and the caller gets back the token it holds.
 * A row found otherwise than by its token shows the hash, which opens nothing.
 */
export function withHashedTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...hashing(adapter),
    transaction: (work) => adapter.transaction((inner) => work(hashing(inner))),
  };
}

function hashing(adapter: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...adapter,
    async create<T extends Record<string, unknown>, R = T>(input: CreateInput<T>): Promise<R> {
      const token: unknown =
        input.model === 'session' ? (input.data as { token?: unknown }).token : undefined;
      if (typeof token !== 'string') return adapter.create<T, R>(input);
      const data = { ...input.data, token: hashSessionToken(token) };
      return withToken(await adapter.create<T, R>({ ...input, data }), token);
    },
    findOne: async <T>(input: Parameters<DBAdapter['findOne']>[0]) =>
      withToken(await adapter.findOne<T>(hashed(input)), tokenOf(input)),
    findMany: (input) => adapter.findMany(hashed(input)),
    count: (input) => adapter.count(hashed(input)),
    update: async <T>(input: Parameters<DBAdapter['update']>[0]) =>
      withToken(await adapter.update<T>(hashed(input)), tokenOf(input)),
    updateMany: (input) => adapter.updateMany(hashed(input)),
    delete: (input) => adapter.delete(hashed(input)),
    deleteMany: (input) => adapter.deleteMany(hashed(input)),
    consumeOne: async <T>(input: Parameters<DBAdapter['consumeOne']>[0]) =>
      withToken(await adapter.consumeOne<T>(hashed(input)), tokenOf(input)),
    incrementOne: async <T>(input: Parameters<DBAdapter['incrementOne']>[0]) =>
      withToken(await adapter.incrementOne<T>(hashed(input)), tokenOf(input)),
  };
}

interface CreateInput<T> {
  model: string;
  data: Omit<T, 'id'>;
  select?: string[] | undefined;
  forceAllowId?: boolean | undefined;
}

interface Conditions {
  model: string;
  where?: Where[] | undefined;
}

function hashed<I extends Conditions>(input: I): I {
  if (input.model !== 'session' || !input.where) return input;
  return { ...input, where: input.where.map(hashedCondition) };
}

function hashedCondition(condition: Where): Where {
  const { field, value } = condition;
  if (field !== 'token') return condition;
  if (typeof value === 'string') return { ...condition, value: hashSessionToken(value) };
  if (Array.isArray(value))
    return { ...condition, value: value.map((item) => hashSessionToken(String(item))) };
  return condition;
}

function tokenOf(input: Conditions): string | undefined {
  if (input.model !== 'session') return undefined;
  const value = input.where?.find((condition) => condition.field === 'token')?.value;
  return typeof value === 'string' ? value : undefined;
}

function withToken<T>(row: T, token: string | undefined): T {
  return token === undefined || row === null ? row : { ...row, token };
}
