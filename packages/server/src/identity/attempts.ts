import { createHmac } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { IdentityError } from './errors.ts';

const windowMs = 15 * 60 * 1000;
const sweepRows = 100;

/** Something failures are counted by, and how many of them are let through in 15 minutes. */
export interface Subject {
  kind: 'email' | 'network' | 'proof' | 'second_factor' | 'start';
  value: string;
  limit: number;
}

/** Attempts that were admitted and counted as failures until they are settled. */
export interface Admission {
  /** The password was right: forgets all failures of the first subject and this attempt of the others. */
  succeeded(): Promise<void>;
  /** No password was checked (something broke): takes back this attempt alone. */
  withdraw(): Promise<void>;
}

/** Failed sign-ins in PostgreSQL, so that the limit holds across nodes and restarts. */
export interface Attempts {
  /**
   * Counts one attempt under each subject, before the password is looked at: parallel guesses on any
   * number of nodes never see more tries than the limit. Throws `too_many_sign_ins`, uncounted, when a
   * subject has used up its limit in the last 15 minutes.
   */
  admit(subjects: readonly [Subject, ...Subject[]]): Promise<Admission>;
  /** Takes back the newest attempt of a subject, whose admission is out of reach. */
  forgive(subject: Pick<Subject, 'kind' | 'value'>): Promise<void>;
}

/** @param key secret the subjects are hashed with */
export function createAttempts(pool: Pool, key: string, clock: () => number): Attempts {
  const digest = (subject: Pick<Subject, 'kind' | 'value'>): Buffer =>
    createHmac('sha256', key).update(`${subject.kind}\0${subject.value}`).digest();

  return {
    async admit(subjects) {
      const now = clock();
      const hashes = subjects.map(digest);
      const limits = subjects.map((subject) => subject.limit);
      const ids = await inTransaction(pool, (db) => count(db, hashes, limits, now));
      return {
        async succeeded() {
          await pool.query('DELETE FROM sign_in_attempts WHERE id = ANY($1) OR subject = $2', [
            ids,
            hashes[0],
          ]);
        },
        async withdraw() {
          await pool.query('DELETE FROM sign_in_attempts WHERE id = ANY($1)', [ids]);
        },
      };
    },

    async forgive(subject) {
      await pool.query(
        `DELETE FROM sign_in_attempts WHERE id =
           (SELECT id FROM sign_in_attempts WHERE subject = $1 ORDER BY attempted_at DESC LIMIT 1)`,
        [digest(subject)],
      );
    },
  };
}

async function count(db: PoolClient, hashes: Buffer[], limits: number[], now: number): Promise<string[]> {
  const cutoff = new Date(now - windowMs);
  // Locks in one order everywhere, so that two attempts cannot wait for each other.
  const locks = hashes.map((hash) => hash.readBigInt64BE(0)).sort((a, b) => (a < b ? -1 : 1));
  for (const lock of locks) await db.query('SELECT pg_advisory_xact_lock($1)', [lock.toString()]);
  // The oldest failure that has to leave the window before the next attempt; a new statement, so that it
  // sees what the previous holder of the lock wrote.
  const { rows: full } = await db.query<{ blocking: Date }>(
    `SELECT a.attempted_at AS blocking
       FROM unnest($1::bytea[], $2::int[]) AS s (subject, allowed)
      CROSS JOIN LATERAL (
        SELECT attempted_at FROM sign_in_attempts
         WHERE subject = s.subject AND attempted_at > $3
         ORDER BY attempted_at DESC OFFSET s.allowed - 1 LIMIT 1
      ) AS a`,
    [hashes, limits, cutoff],
  );
  if (full.length > 0) {
    const freeAt = Math.max(...full.map((row) => row.blocking.getTime())) + windowMs;
    throw new IdentityError('too_many_sign_ins', Math.max(1, Math.ceil((freeAt - now) / 1000)));
  }
  const { rows } = await db.query<{ id: string }>(
    'INSERT INTO sign_in_attempts (subject, attempted_at) SELECT s, $2 FROM unnest($1::bytea[]) AS s RETURNING id::text',
    [hashes, new Date(now)],
  );
  // Each attempt adds at most two rows and removes up to a hundred, so the table stays small by itself.
  await db.query(
    `DELETE FROM sign_in_attempts WHERE id IN (
       SELECT id FROM sign_in_attempts WHERE attempted_at <= $1 LIMIT ${sweepRows} FOR UPDATE SKIP LOCKED)`,
    [cutoff],
  );
  return rows.map((row) => row.id);
}

async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  let broken = false;
  try {
    await db.query('BEGIN');
    const result = await work(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    db.release(broken);
  }
}
