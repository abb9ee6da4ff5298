import { createHash, randomBytes } from 'node:crypto';
import { addMember } from '../identity/organizations.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { recordOwnEvent } from '../outbox/record-own-event.ts';
import { olderSecretPlace, secretPlace } from '../delivery/endpoints.ts';
import { createSigningSecret } from '../lib/webhook-signature.ts';
import { createAlertSamples } from './sample-alerts.ts';
import type { AlertSamples } from './sample-alerts.ts';
import { createApiSamples } from './sample-api.ts';
import type { ApiSamples } from './sample-api.ts';
import { createInboundSamples } from './sample-inbound.ts';
import type { InboundSamples } from './sample-inbound.ts';
import { createIntegrationSamples } from './sample-integrations.ts';
import type { IntegrationSamples } from './sample-integrations.ts';
import { uuid7FloorOf } from '../lib/uuid7.ts';
import type { TestApp, TestOrganization, TestPerson } from './test-app.ts';

/** Makes rows of an organization directly in the database; every text in them holds `marker`. */
export interface Samples extends IntegrationSamples, AlertSamples, ApiSamples, InboundSamples {
  organization: TestOrganization;
  marker: string;
  webhook(): Promise<string>;
  /** One whose circuit is open; its probe is not due. */
  unwellWebhook(): Promise<string>;
  /** A finished delivery without success, of a webhook of its own unless one is given; it is a dead letter. */
  deadLetter(
    webhookId?: string,
  ): Promise<{ deliveryId: string; webhookId: string; eventId: string; messageId: string }>;
  /** A running job on a webhook of its own. */
  bulkJob(): Promise<string>;
  invitation(): Promise<{ id: string; token: string }>;
  eventType(): Promise<string>;
  member(): Promise<TestPerson>;
  /** Single sign-on with a domain, somebody known to it and an attempt. */
  identityProvider(): Promise<void>;
  logLine(): Promise<string>;
}

export function createSamples(
  test: TestApp,
  organization: TestOrganization,
  options: { marker: string; url: string },
): Samples {
  const { app, database } = test;
  const { marker } = options;
  const { pool } = database;
  const organizationId = organization.id;
  let count = 0;

  async function webhook(): Promise<string> {
    const id = app.newId();
    const secret = createSigningSecret(randomBytes);
    await pool.query(
      `INSERT INTO webhooks (id, organization_id, name, url, description, events, enabled, secret_box,
         secret_preview, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, true, $7, $8, now(), now())`,
      [
        id,
        organizationId,
        `Webhook ${marker} ${++count}`,
        `${options.url}/${marker}`,
        `About ${marker}`,
        ['job.created', `${marker}.*`],
        app.secretBox.seal(secret, secretPlace(organizationId, id, 'secret_box')),
        `whsec_${marker}`,
      ],
    );
    await pool.query(
      `INSERT INTO webhook_health (webhook_id, organization_id, last_attempt_at, last_status, consecutive_failures)
       VALUES ($1, $2, now(), 500, 4)`,
      [id, organizationId],
    );
    await pool.query(
      `INSERT INTO webhook_hours (webhook_id, organization_id, hour, succeeded, failed, duration_ms)
       VALUES ($1, $2, date_trunc('hour', now()), 1, 2, 30)`,
      [id, organizationId],
    );
    return id;
  }

  return {
    ...createIntegrationSamples(test, organizationId, marker),
    ...createAlertSamples(test, organizationId, marker),
    ...createApiSamples(test, organizationId, marker),
    ...createInboundSamples(test, organizationId, marker),
    organization,
    marker,
    webhook,

    async unwellWebhook() {
      const id = await webhook();
      await pool.query('UPDATE webhooks SET circuit_open = true WHERE id = $1', [id]);
      await pool.query(
        `UPDATE webhook_health SET failing_since = now(), circuit_opened_at = now(),
           circuit_probe_at = now() + interval '5 minutes' WHERE webhook_id = $1`,
        [id],
      );
      return id;
    },

    async deadLetter(known) {
      const webhookId = known ?? (await webhook());
      const [eventId, deliveryId] = [app.newId(), app.newId()];
      const key = `${marker}-${++count}`;
      const body = JSON.stringify({ id: key, type: 'job.created', data: { marker } });
      await pool.query(
        `INSERT INTO events (id, organization_id, key, type, body) VALUES ($1, $2, $3, 'job.created', $4)`,
        [eventId, organizationId, key, body],
      );
      await pool.query('INSERT INTO event_keys (organization_id, key, event_id) VALUES ($1, $2, $3)', [
        organizationId,
        key,
        eventId,
      ]);
      await pool.query(
        `INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
           started_at, duration_ms, response_status, error_code, error_message, url, signatures, response_headers,
           response_body)
         VALUES ($1, 1, $2, $3, $4, 'job.created', 'event', 'dlq', now(), 5, 500, 'http_error', $5, $6, $7, $8, $5)`,
        [
          deliveryId,
          organizationId,
          webhookId,
          eventId,
          `Answer ${marker}`,
          `${options.url}/${marker}`,
          `v1,${marker}\nsha256=${marker}`,
          JSON.stringify({ 'x-answer': marker }),
        ],
      );
      await pool.query(
        `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
           response_status, error_code, error_message, failed_at, expires_at)
         VALUES ($1, $2, $3, $4, 'job.created', 'event', 1, 500, 'http_error', $5, now(), now() + interval '7 days')`,
        [deliveryId, organizationId, webhookId, eventId, `Answer ${marker}`],
      );
      return { deliveryId, webhookId, eventId, messageId: key };
    },

    async bulkJob() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO bulk_jobs (id, organization_id, kind, webhook_id, state, total, until, started_by, created_at,
           next_at)
         VALUES ($1, $2, 'recover', $3, 'running', 7, now(), $4, now(), now())`,
        [id, organizationId, await webhook(), `Person ${marker}`],
      );
      return id;
    },

    async invitation() {
      const id = app.newId();
      const token = randomBytes(32).toString('base64url');
      await pool.query(
        `INSERT INTO invitations (id, organization_id, email, role, token_hash, invited_by, expires_at, created_at)
         VALUES ($1, $2, $3, 'viewer', $4, $5, $6, $7)`,
        [
          id,
          organizationId,
          `${marker}-invited-${++count}@example.com`,
          createHash('sha256').update(token).digest(),
          organization.people.system_admin.id,
          new Date(app.clock() + 86_400_000),
          new Date(app.clock()),
        ],
      );
      return { id, token };
    },

    async eventType() {
      const name = `${marker}.type_${++count}`;
      await pool.query(
        `INSERT INTO event_types (organization_id, name, "group", description, schema, example)
         VALUES ($1, $2, $3, $3, '{"type":"object"}', $4)`,
        [organizationId, name, `Types ${marker}`, JSON.stringify({ marker })],
      );
      return name;
    },

    async logLine() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO log_entries (id, organization_id, at, level, source, event, message, details, words)
         VALUES ($1, $2, now(), 'warn', 'delivery', 'delivery.failed', $3, $4, $5)`,
        [
          id,
          organizationId,
          `Line ${marker}`,
          JSON.stringify({ host: marker }),
          `'${marker}' 'o:${organizationId}'`,
        ],
      );
      return id;
    },

    async identityProvider() {
      await pool.query(
        `INSERT INTO sso_connections (organization_id, issuer, client_id, secret_box, required, created_at, updated_at)
         VALUES ($1, $2, $3, '', false, now(), now()) ON CONFLICT DO NOTHING`,
        [organizationId, `https://${marker}.example`, marker],
      );
      await pool.query(
        'INSERT INTO sso_domains (domain, organization_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [`${marker}.example`, organizationId],
      );
      await pool.query(
        `INSERT INTO sso_links (organization_id, issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4, now())
         ON CONFLICT DO NOTHING`,
        [organizationId, `https://${marker}.example`, marker, organization.people.viewer.id],
      );
      await pool.query(
        `INSERT INTO sso_attempts (id, organization_id, state_hash, browser_hash, nonce, verifier_box, return_path,
           created_at, expires_at)
         VALUES ($1, $2, $3, $3, $4, '', '/', now(), now())`,
        [app.newId(), organizationId, randomBytes(32), marker],
      );
    },

    async member() {
      const person = await test.createPerson(`Member ${marker} ${++count}`);
      await addMember(pool, { id: app.newId(), organizationId, userId: person.id, role: 'viewer' });
      return person;
    },
  };
}

/** One row or more in every table that belongs to organizations. */
export async function fillEveryTable(test: TestApp, samples: Samples): Promise<void> {
  const { organization, marker } = samples;
  const { webhookId, eventId } = await samples.deadLetter();
  await samples.bulkJob();
  await samples.invitation();
  await samples.identityProvider();
  await samples.eventType();
  await samples.measuredIntegration();
  await samples.verification();
  await samples.checkRun();
  await samples.oauthAttempt();
  await samples.oauthApp();
  await samples.exchangeFile();
  await samples.action();
  await samples.waitingAction();
  await samples.handAction();
  await samples.actionBulk();
  await samples.lastResort();
  await samples.automationRun();
  await samples.failover();
  await samples.alertNotice();
  await samples.alertSettings();
  await samples.statusUpdate();
  await samples.customProvider();
  await samples.hiddenProvider();
  await samples.expiringKey();
  await samples.scopedKey();
  await samples.portalToken();
  await samples.apiUsage();
  await samples.inboundMessage();
  await samples.suppression();
  const { pool } = test.database;
  await pool.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
     VALUES ($1, $2, $3, $4, 'event', 'infinity')`,
    [test.app.newId(), organization.id, webhookId, eventId],
  );
  await samples.logLine();
  await pool.query(
    'INSERT INTO audit_settings (organization_id, retention_days, updated_at) VALUES ($1, 777, now())',
    [organization.id],
  );
  await pool.query(
    `INSERT INTO audit_checks (organization_id, checked_at, tip_sequence, walk_sequence, walk_began_at)
     VALUES ($1, now(), 1, 1, now())`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO inbound_settings (organization_id, retention_days, suppress, updated_at) VALUES ($1, 61, true, now())`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO log_settings (organization_id, retention_days, updated_at) VALUES ($1, 61, now())`,
    [organization.id],
  );
  await pool.query(
    'INSERT INTO tracking_settings (organization_id, enabled, updated_at) VALUES ($1, true, now())',
    [organization.id],
  );
  await pool.query(
    `INSERT INTO tracked_events (id, organization_id, at, event, user_id, role, properties)
     VALUES ($1, $2, now(), 'webhook_added', $3, 'viewer', jsonb_build_object('url_domain', $4::text))`,
    [test.app.newId(), organization.id, organization.people.viewer.id, marker],
  );
  await pool.query(
    `INSERT INTO sign_in_policies (organization_id, second_factor, updated_at) VALUES ($1, 'nobody', now())`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO webhook_pace (webhook_id, organization_id, clock, free_at) VALUES ($1, $2, 'rate', now())`,
    [webhookId, organization.id],
  );
  const olderId = test.app.newId();
  await pool.query(
    `INSERT INTO webhook_older_secrets (id, webhook_id, organization_id, secret_box, expires_at)
     VALUES ($1, $2, $3, $4, now() + interval '1 day')`,
    [
      olderId,
      webhookId,
      organization.id,
      test.app.secretBox.seal(
        createSigningSecret(test.app.randomBytes),
        olderSecretPlace(organization.id, olderId),
      ),
    ],
  );
  const [first, last] = [uuid7FloorOf(1), uuid7FloorOf(2)];
  await pool.query(
    `INSERT INTO webhook_holds (webhook_id, organization_id, since, after, settled, counted_to)
     VALUES ($1, $2, now(), $3, $3, $4)`,
    [webhookId, organization.id, first, last],
  );
  await pool.query(
    `INSERT INTO webhook_hold_days (webhook_id, organization_id, day, held, first_event)
     VALUES ($1, $2, '2026-11-29', 3, $3)`,
    [webhookId, organization.id, last],
  );
  await pool.query(
    `INSERT INTO webhook_skips (webhook_id, organization_id, after, last, skipped_by, skipped_at)
     VALUES ($1, $2, $3, $4, $5, now())`,
    [webhookId, organization.id, first, last, organization.name],
  );
  await pool.query(
    `INSERT INTO retry_configs (organization_id, retry_strategy, max_retries, initial_delay_seconds,
       max_delay_seconds, enable_jitter, enable_dlq, dlq_retention_days)
     VALUES ($1, 'fixed', 4, 77, 99, true, true, 9)`,
    [organization.id],
  );
  await pool.query('INSERT INTO verification_settings (organization_id, enabled, day) VALUES ($1, true, 7)', [
    organization.id,
  ]);
  await tenantTransaction(pool, organization.id, (tx) =>
    recordOwnEvent(test.app, tx, 'integration.failed', { name: marker }),
  );
  await tenantTransaction(pool, organization.id, (tx) =>
    tx.query(
      `INSERT INTO idempotency_keys (organization_id, key, route, request_hash) VALUES ($1, $2, '/', '')`,
      [organization.id, marker],
    ),
  );
}

/** The tables that have an `organization_id`, read from the catalog, with partitions left out. */
export async function tenantTables(test: TestApp): Promise<string[]> {
  const { rows } = await test.database.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
       AND a.attname = 'organization_id' AND NOT a.attisdropped
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Their rows say when a key was last used. */
const keyTables = new Set(['api_keys', 'scoped_keys']);

/** A digest of everything an organization has, except when its keys were last used. */
export async function digestOf(
  test: TestApp,
  tables: readonly string[],
  organizationId: string,
): Promise<string> {
  // Lines of what is allowed come late, and are nobody else's doing.
  await test.app.logs.flush();
  const parts = tables.map((table) => {
    // JSON of every row would take several times as long.
    const row = keyTables.has(table) ? `to_jsonb(x) - 'last_used_at'` : 'x';
    return `SELECT '${table}' AS t, (${row})::text AS row FROM ${table} x WHERE organization_id = $1`;
  });
  // No two rows are the same, and sorting them all would take longer than everything else.
  const { rows } = await test.database.pool.query<{ digest: string }>({
    name: `digest ${tables.length}`,
    text: `SELECT count(*) || ' ' || coalesce(bit_xor(hashtextextended(t || row, 0)), 0) AS digest FROM (
       ${parts.join(' UNION ALL ')}
       UNION ALL SELECT 'organizations', o::text FROM organizations o WHERE id = $1
       UNION ALL SELECT 'users', u::text FROM users u JOIN members m ON m.user_id = u.id
         WHERE m.organization_id = $1) all_rows`,
    values: [organizationId],
  });
  return rows[0]?.digest ?? '';
}
