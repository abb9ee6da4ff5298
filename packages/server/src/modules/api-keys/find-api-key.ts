import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import type { ErrorCode } from '@trunkline/contract/errors';
import type { ApiLimits } from '@trunkline/contract/limits';
import type { App } from '../../ctx.ts';
import { hashToken, isWellFormedToken } from '../../lib/api-token.ts';
import { parseNetwork } from '../../lib/egress/network.ts';
import type { Network } from '../../lib/egress/network.ts';
import { effectiveLimits } from '../limits/effective-limits.ts';
import type { OwnLimits } from '../limits/effective-limits.ts';

export interface FoundApiKey {
  id: string;
  organizationId: string;
  /** How audit records name it. */
  name: string;
  /** What a scoped key is for; null: the organization's own key, which is for everything. */
  scopes: readonly ApiKeyScope[] | null;
  /** From where it may be used; none: from everywhere. */
  networks: readonly Network[];
  /** Null: requests are not limited. */
  limits: ApiLimits | null;
  /** Why a key that is known is of no use; null: it works. */
  refusal: (ErrorCode & ('api_key_expired' | 'api_key_revoked' | 'scoped_keys_off')) | null;
}

export interface ApiKeyFinder {
  /** The key with this token when it was found a moment ago; null says nothing. Saves a promise for every event. */
  recall(token: string): FoundApiKey | null;
  /** The key with this token, with its `refusal` when it does not work; null when it is unknown or replaced. */
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

interface KeyRow extends OwnLimits {
  id: string;
  organizationId: string;
  preview: string;
  expiresAt: Date | null;
  networks: string[];
  /** Of a scoped key; null for the own one. */
  scopedName: string | null;
  scopes: ApiKeyScope[] | null;
  revoked: boolean;
  scopedKeys: boolean | null;
}

const findStatement = `
  SELECT k.*, s.scoped_keys AS "scopedKeys", s.key_per_minute AS "keyPerMinute", s.key_per_hour AS "keyPerHour",
    s.organization_per_hour AS "organizationPerHour"
  FROM (
    SELECT id, organization_id AS "organizationId", preview, expires_at AS "expiresAt", networks,
      NULL AS "scopedName", NULL AS scopes, false AS revoked
    FROM api_keys WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)
    UNION ALL
    SELECT id, organization_id, preview, expires_at, networks, name, scopes, revoked_at IS NOT NULL
    FROM scoped_keys WHERE token_hash = $1) k
  LEFT JOIN api_settings s ON s.organization_id = k."organizationId"`;

/**
 * Finds API keys for one node. A token with a wrong checksum costs no query; a right one is asked for once
 * and believed for 5 s, never past its end. Unknown tokens are not remembered.
 */
export function createApiKeyFinder({
  pool,
  clock,
  config,
}: Pick<App, 'pool' | 'clock' | 'config'>): ApiKeyFinder {
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
    const { rows } = await pool.query<KeyRow>(findStatement, [hashToken(token), new Date(foundAt)]);
    const [row] = rows;
    if (!row) return null;
    const key = foundKey(row, config.rateLimits, foundAt);
    if (generation === asked) {
      if (remembered.size >= rememberLimit) {
        const [oldest] = remembered.keys();
        if (oldest !== undefined) remembered.delete(oldest);
      }
      const expiresAt = key.refusal === null ? row.expiresAt?.getTime() : undefined;
      remembered.set(token, { key, foundAt, expiresAt: expiresAt ?? Infinity });
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
      const values = [[...used.keys()], [...used.values()].map((at) => new Date(at))];
      await pool.query(
        `WITH used AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)),
              locked AS (SELECT id FROM api_keys WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE),
              locked_scoped AS (SELECT id FROM scoped_keys WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE),
              scoped AS (
                UPDATE scoped_keys k SET last_used_at = greatest(k.last_used_at, used.at)
                FROM used JOIN locked_scoped USING (id) WHERE k.id = used.id)
         UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, used.at)
         FROM used JOIN locked USING (id) WHERE k.id = used.id`,
        values,
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

function foundKey(row: KeyRow, installation: ApiLimits | null, now: number): FoundApiKey {
  const { id, organizationId, preview, scopedName, scopes, networks } = row;
  return {
    id,
    organizationId,
    name: scopedName === null ? `API key ${preview}` : `API key «${scopedName}» ${preview}`,
    scopes,
    networks: networks.map((text) => parseNetwork(text)),
    limits: effectiveLimits(installation, row),
    refusal: scopedName === null ? null : refusalOf(row, now),
  };
}

function refusalOf(row: KeyRow, now: number): FoundApiKey['refusal'] {
  if (row.revoked) return 'api_key_revoked';
  if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return 'api_key_expired';
  return row.scopedKeys === true ? null : 'scoped_keys_off';
}
