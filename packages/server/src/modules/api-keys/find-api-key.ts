import type { App } from '../../ctx.ts';
import { hashToken, isWellFormedToken } from '../../lib/api-token.ts';

export interface FoundApiKey {
  id: string;
  organizationId: string;
  /** How audit records name it. */
  name: string;
}

export interface ApiKeyFinder {
  /** The key with this token when it was found a moment ago; null says nothing. Saves a promise for every event. */
  recall(token: string): FoundApiKey | null;
  /** The key with this token; null when it is unknown, replaced or over. */
  find(token: string): Promise<FoundApiKey | null>;
  /** Drops what is remembered of an organization, or of all; to be called when `api_key` is announced. */
  forget(organizationId?: string): void;
  /** Writes down now when keys were last used. Between calls this happens by itself, at most every 10 s. */
  flushLastUsed(): Promise<void>;
}

/** How long a found key is believed without asking again, when no announcement arrives. */
const rememberMs = 5_000;
const rememberLimit = 10_000;
const flushEveryMs = 10_000;

interface Remembered {
  key: FoundApiKey;
  foundAt: number;
  expiresAt: number;
}

interface KeyRow extends Omit<FoundApiKey, 'name'> {
  preview: string;
  expiresAt: Date | null;
}

/**
 * Finds API keys for one node. A token with a wrong checksum costs no query; a right one is asked for once
 * and believed for 5 s, never past its end. Unknown tokens are not remembered.
 */
export function createApiKeyFinder({ pool, clock }: Pick<App, 'pool' | 'clock'>): ApiKeyFinder {
  const remembered = new Map<string, Remembered>();
  let asking = new Map<string, Promise<FoundApiKey | null>>();
  let lastUsed = new Map<string, number>();
  let lastFlush = -Infinity;
  // Grows with every `forget`: an answer asked for before it may be older than the announcement.
  let generation = 0;

  function recall(token: string): FoundApiKey | null {
    const now = clock();
    const known = remembered.get(token);
    if (!known) return null;
    const age = now - known.foundAt;
    if (age < 0 || age >= rememberMs || now >= known.expiresAt) return null;
    noteUse(known.key, now);
    return known.key;
  }

  function noteUse(key: FoundApiKey, now: number): void {
    lastUsed.set(key.id, now);
    // What could not be written stays and is tried again; a request does not fail for it.
    if (now - lastFlush >= flushEveryMs) flush().catch(() => undefined);
  }

  async function ask(token: string): Promise<FoundApiKey | null> {
    const asked = generation;
    const foundAt = clock();
    const { rows } = await pool.query<KeyRow>(
      `SELECT id, organization_id AS "organizationId", preview, expires_at AS "expiresAt" FROM api_keys
       WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)`,
      [hashToken(token), new Date(foundAt)],
    );
    const [row] = rows;
    if (!row) return null;
    const key = { id: row.id, organizationId: row.organizationId, name: `API key ${row.preview}` };
    if (generation === asked) {
      if (remembered.size >= rememberLimit) {
        const [oldest] = remembered.keys();
        if (oldest !== undefined) remembered.delete(oldest);
      }
      remembered.set(token, { key, foundAt, expiresAt: row.expiresAt?.getTime() ?? Infinity });
    }
    return key;
  }

  /** One query for a token that many requests bring at the same time. */
  function askOnce(token: string): Promise<FoundApiKey | null> {
    const known = asking.get(token);
    if (known) return known;
    const mine = asking;
    const answer = ask(token).finally(() => mine.delete(token));
    mine.set(token, answer);
    return answer;
  }

  async function flush(): Promise<void> {
    lastFlush = clock();
    if (lastUsed.size === 0) return;
    const used = lastUsed;
    lastUsed = new Map();
    try {
      // Locked in one order, as two nodes may write the same keys.
      await pool.query(
        `WITH used AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)),
              locked AS (SELECT id FROM api_keys WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE)
         UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, used.at)
         FROM used JOIN locked USING (id) WHERE k.id = used.id`,
        [[...used.keys()], [...used.values()].map((at) => new Date(at))],
      );
    } catch (error) {
      for (const [id, at] of used) if (!lastUsed.has(id)) lastUsed.set(id, at);
      throw error;
    }
  }

  return {
    recall,

    async find(token) {
      const known = recall(token);
      if (known) return known;
      if (!isWellFormedToken(token)) return null;
      const now = clock();
      remembered.delete(token);
      const key = await askOnce(token);
      if (key) noteUse(key, now);
      return key;
    },

    forget(organizationId) {
      generation += 1;
      asking = new Map();
      for (const [token, { key }] of remembered) {
        if (organizationId === undefined || key.organizationId === organizationId) remembered.delete(token);
      }
    },

    flushLastUsed: flush,
  };
}
