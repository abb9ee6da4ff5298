import { randomBytes } from 'node:crypto';
import { createToken, hashToken, maskToken } from '../lib/api-token.ts';
import { tokenPlace } from '../modules/api-keys/token-place.ts';
import type { TestApp } from './test-app.ts';

export const portalOrigin = 'https://app.example.com';

export interface ApiSamples {
  /** An older key in its grace period. */
  expiringKey(): Promise<string>;
  /** A key with the scope `read`, in an organization where scoped keys work. */
  scopedKey(): Promise<string>;
  /** A token of the portal that waits to be exchanged on {@link portalOrigin}, where pages may show it. */
  portalToken(): Promise<{ id: string; token: string }>;
  /** A row in every table of limits and usage. */
  apiUsage(): Promise<void>;
}

/** Rows about the API of an organization; every text in them holds `marker`. */
export function createApiSamples(test: TestApp, organizationId: string, marker: string): ApiSamples {
  const { app, database } = test;
  const { pool } = database;
  let count = 0;
  return {
    async expiringKey() {
      const id = app.newId();
      const token = createToken(randomBytes);
      await pool.query(
        `INSERT INTO api_keys (id, organization_id, token_hash, token_box, preview, created_at, expires_at, replaced_at)
         VALUES ($1, $2, $3, $4, $5, now(), $6, now())`,
        [
          id,
          organizationId,
          hashToken(token),
          app.secretBox.seal(token, tokenPlace(organizationId, id)),
          `${marker} ${maskToken(token)}`,
          new Date(app.clock() + 3_600_000),
        ],
      );
      return id;
    },

    async scopedKey() {
      const id = app.newId();
      const token = createToken(randomBytes);
      await pool.query(
        `INSERT INTO api_settings (organization_id, scoped_keys) VALUES ($1, true)
         ON CONFLICT (organization_id) DO UPDATE SET scoped_keys = true`,
        [organizationId],
      );
      await pool.query(
        `INSERT INTO scoped_keys (id, organization_id, name, token_hash, preview, scopes, created_at)
         VALUES ($1, $2, $3, $4, $5, '{read}', now())`,
        [id, organizationId, `Key ${marker} ${++count}`, hashToken(token), `${marker} ${maskToken(token)}`],
      );
      return id;
    },

    async portalToken() {
      const id = app.newId();
      const token = createToken(randomBytes, 'portal');
      await pool.query(
        `INSERT INTO portal_settings (organization_id, origins, updated_at) VALUES ($1, ARRAY[$2], now())
         ON CONFLICT (organization_id) DO UPDATE SET origins = excluded.origins`,
        [organizationId, portalOrigin],
      );
      await pool.query(
        `INSERT INTO portal_tokens (id, organization_id, token_hash, subject, parts, role, created_by, created_at,
           exchange_by, expires_at)
         VALUES ($1, $2, $3, $4, '{webhooks}', 'viewer', $4, $5, $6, $7)`,
        [
          id,
          organizationId,
          hashToken(token),
          `Jane ${marker}`,
          new Date(app.clock()),
          new Date(app.clock() + 120_000),
          new Date(app.clock() + 900_000),
        ],
      );
      return { id, token };
    },

    async apiUsage() {
      const keyId = app.newId();
      const endpoint = `GET /api/v1/${marker}`;
      for (const [table, column] of [
        ['api_usage_minutes', 'minute'],
        ['api_usage_hours', 'hour'],
      ]) {
        await pool.query(
          `INSERT INTO ${table} (organization_id, ${column}, key_id, endpoint, status_class, requests, latencies)
           VALUES ($1, date_trunc('${column}', now()), $2, $3, 2, 5, array_fill(1::int8, ARRAY[24]))`,
          [organizationId, keyId, endpoint],
        );
      }
      await pool.query(
        `INSERT INTO api_requests (id, organization_id, at, key_id, endpoint, status, duration_ms, ip, user_agent, request_id)
         VALUES ($1, $2, now(), $3, $4, 404, 3, '192.0.2.1', $5, $5)`,
        [app.newId(), organizationId, keyId, endpoint, `agent ${marker}`],
      );
      await pool.query(
        `INSERT INTO api_throttled (organization_id, minute, key_id, quota, requests, last_at)
         VALUES ($1, date_trunc('minute', now()), $2, 'minute', 3, now())`,
        [organizationId, keyId],
      );
      await pool.query(
        `INSERT INTO api_key_callers (key_id, organization_id, ip, user_agent, requests, last_at)
         VALUES ($1, $2, '192.0.2.1', $3, 5, now())`,
        [keyId, organizationId, `agent ${marker}`],
      );
      await pool.query(
        `INSERT INTO api_limit_windows (subject_id, span, organization_id, starts_at, used)
         VALUES ($1, 'minute', $2, date_trunc('minute', now()), 5)`,
        [keyId, organizationId],
      );
    },
  };
}
