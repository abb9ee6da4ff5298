import { createHash, randomBytes } from 'node:crypto';
import { CustomDefinition } from '@trunkline/contract/custom-providers';
import { credentialPlace } from '../connections/credentials.ts';
import { writeContributions401k } from '../lib/files/contributions.ts';
import { censusLayout, contributionsLayout } from '../lib/files/layouts.ts';
import type { TestApp } from './test-app.ts';

/** Makes integrations directly in the database; every text in them holds `marker`. */
export interface IntegrationSamples {
  /** SendGrid by an API key, connected, with a second set of credentials that waits. */
  integration(): Promise<string>;
  /** SendGrid that was begun and never connected. */
  begunIntegration(): Promise<string>;
  /** Slack by OAuth, connected, with tokens. */
  oauthIntegration(): Promise<string>;
  /** Google Calendar, connected. */
  calendarIntegration(): Promise<string>;
  /** An attempt to connect the Slack integration, waiting. */
  oauthAttempt(): Promise<{ attemptId: string; integrationId: string; state: string }>;
  /** The organization's own app at Slack. */
  oauthApp(): Promise<string>;
  /** Fidelity, whose files a person carries. */
  exchangeIntegration(): Promise<string>;
  /** A file for it that can be sent. */
  exchangeFile(): Promise<{ id: string; integrationId: string }>;
  /** A finished action with one attempt. */
  action(): Promise<string>;
  /** An action that waits for its time. */
  waitingAction(): Promise<string>;
  /** An action that a person has to do. */
  handAction(): Promise<string>;
  /** A bulk with one action that has failed. */
  actionBulk(): Promise<string>;
  /** What happens to files when every store fails. */
  lastResort(): Promise<void>;
  /** After a job is created. */
  automation(): Promise<string>;
  /** A run of it that was given up at its only step. */
  automationRun(): Promise<string>;
  /** Two integrations, the second one a backup that was switched to and back. */
  failover(): Promise<{ primaryId: string; backupId: string }>;
  customProvider(): Promise<string>;
  hiddenProvider(): Promise<void>;
  /** A check of all integrations that has ended. */
  checkRun(): Promise<string>;
  /** The report of a verification. */
  verification(): Promise<string>;
  /** SendGrid with counts, an error and a history of its status. */
  measuredIntegration(): Promise<string>;
}

/** A REST API with a bearer token at an address that tests may reach. */
export function customDefinition(name: string): CustomDefinition {
  return CustomDefinition.parse({
    kind: 'rest',
    name,
    category: 'automation',
    baseUrl: 'http://127.0.0.1:9/v1',
    auth: { type: 'bearer' },
    health: { path: '/me' },
  });
}

export function createIntegrationSamples(
  { app, database: { pool } }: Pick<TestApp, 'app' | 'database'>,
  organizationId: string,
  marker: string,
): IntegrationSamples {
  let count = 0;
  const seal = (table: string, row: string, column: string, text: string): Buffer =>
    app.secretBox.seal(text, { organizationId, table, row, column });

  async function insert(provider: string, authType: string): Promise<string> {
    const id = app.newId();
    await pool.query(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, settings, connected_at,
         connected_by_name, account, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, now(), $7, $8, now(), now())`,
      [
        id,
        organizationId,
        provider,
        `Integration ${marker} ${++count}`,
        authType,
        JSON.stringify({ channel: `#${marker}` }),
        `Person ${marker}`,
        `${marker}@example.com`,
      ],
    );
    await pool.query(
      `INSERT INTO integration_health (integration_id, organization_id, since, last_check_at, last_ok_at, check_due_at)
       VALUES ($1, $2, now(), now(), now(), 'infinity')`,
      [id, organizationId],
    );
    await pool.query(
      `INSERT INTO integration_usage (integration_id, organization_id, hour, calls)
       VALUES ($1, $2, date_trunc('hour', now()), 3)`,
      [id, organizationId],
    );
    return id;
  }

  async function credentials(integrationId: string, state: 'current' | 'next'): Promise<void> {
    const id = app.newId();
    const secrets = JSON.stringify({ apiKey: `SG.${marker}.${state}` });
    await pool.query(
      `INSERT INTO integration_credentials (id, organization_id, integration_id, state, plain, secret_box, previews,
         created_at, created_by_name)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8)`,
      [
        id,
        organizationId,
        integrationId,
        state,
        JSON.stringify({ fromEmail: `${marker}@example.com` }),
        app.secretBox.seal(secrets, credentialPlace(organizationId, id)),
        JSON.stringify({ apiKey: '••••••••' }),
        `Person ${marker}`,
      ],
    );
  }

  const samples: IntegrationSamples = {
    async integration() {
      const id = await insert('sendgrid', 'api_key');
      await credentials(id, 'current');
      await credentials(id, 'next');
      return id;
    },

    async begunIntegration() {
      const id = await insert('sendgrid', 'api_key');
      await pool.query('UPDATE integrations SET connected_at = NULL, account = NULL WHERE id = $1', [id]);
      await pool.query('UPDATE integration_health SET last_ok_at = NULL WHERE integration_id = $1', [id]);
      return id;
    },

    calendarIntegration: () => insert('google-calendar', 'oauth2'),

    async oauthIntegration() {
      const id = await insert('slack', 'oauth2');
      await pool.query(
        `INSERT INTO oauth_tokens (integration_id, organization_id, access_box, scopes, extra)
         VALUES ($1, $2, $3, $4, $5)`,
        [
          id,
          organizationId,
          seal('oauth_tokens', id, 'access_box', `xoxb-${marker}`),
          ['chat:write', 'channels:read'],
          JSON.stringify({ team: marker }),
        ],
      );
      return id;
    },

    async oauthAttempt() {
      const integrationId = await samples.oauthIntegration();
      const attemptId = app.newId();
      const state = randomBytes(32).toString('base64url');
      await pool.query(
        `INSERT INTO oauth_attempts (id, organization_id, integration_id, provider, state_hash, redirect_uri, scopes,
           started_by_name, created_at, expires_at)
         VALUES ($1, $2, $3, 'slack', $4, $5, $6, $7, now(), now() + interval '10 minutes')`,
        [
          attemptId,
          organizationId,
          integrationId,
          createHash('sha256').update(state).digest(),
          `http://trunkline.test/${marker}`,
          ['chat:write'],
          `Person ${marker}`,
        ],
      );
      return { attemptId, integrationId, state };
    },

    async oauthApp() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO oauth_apps (id, organization_id, provider, plain, secret_box, secret_keys, updated_at)
         VALUES ($1, $2, 'slack', $3, $4, $5, now()) ON CONFLICT (organization_id, provider) DO NOTHING`,
        [
          id,
          organizationId,
          JSON.stringify({ clientId: `client-${marker}` }),
          seal('oauth_apps', id, 'secret_box', JSON.stringify({ clientSecret: `hush-${marker}` })),
          ['clientSecret'],
        ],
      );
      return 'slack';
    },

    async exchangeIntegration() {
      const id = await insert('fidelity', 'manual');
      await credentials(id, 'current');
      await pool.query(
        `INSERT INTO exchange_layouts (organization_id, integration_id, kind, layout)
         VALUES ($1, $2, 'census', $3)`,
        [organizationId, id, JSON.stringify(censusLayout)],
      );
      return id;
    },

    async exchangeFile() {
      const id = app.newId();
      const integrationId = await samples.exchangeIntegration();
      const content = writeContributions401k(
        [{ planNumber: marker, employeeNumber: 'E1', lastName: marker, firstName: 'Ada' }],
        contributionsLayout,
      );
      await pool.query(
        `INSERT INTO exchange_files (id, organization_id, integration_id, name, kind, direction, state, content_box,
           bytes, sha256, layout, errors, warnings, remote_key, created_at, created_by)
         VALUES ($1, $2, $3, $4, 'contributions', 'outgoing', 'ready', $5, $6, 'abc', $7, 0, 0, $8, now(), $9)`,
        [
          id,
          organizationId,
          integrationId,
          `${marker}.csv`,
          seal('exchange_files', id, 'content_box', content.toString('base64')),
          content.length,
          JSON.stringify(contributionsLayout),
          `key ${marker}`,
          `Person ${marker}`,
        ],
      );
      return { id, integrationId };
    },

    async action() {
      const id = app.newId();
      const integrationId = await samples.integration();
      await pool.query(
        `INSERT INTO actions (id, organization_id, capability, state, idempotency_key, input_hash, result_box, integration_id,
           attempt_count, patient, due_at, created_at, created_by, finished_at)
         VALUES ($1, $2, 'email.send', 'succeeded', $3, 'abc', $4, $5, 1, false, 'infinity', now(), $6, now())`,
        [
          id,
          organizationId,
          `key ${marker} ${++count}`,
          seal('actions', id, 'result_box', JSON.stringify({ messageId: marker, rejected: [] })),
          integrationId,
          `Person ${marker}`,
        ],
      );
      await pool.query(
        `INSERT INTO action_attempts (action_id, number, organization_id, integration_id, integration_name, provider, outcome,
           repeatable, started_at, duration_ms)
         VALUES ($1, 1, $2, $3, $4, 'sendgrid', 'succeeded', false, now(), 12)`,
        [id, organizationId, integrationId, `Integration ${marker}`],
      );
      return id;
    },

    async waitingAction() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO actions (id, organization_id, capability, state, input_hash, input_box, patient, due_at, send_at,
           created_at, created_by)
         VALUES ($1, $2, 'email.send', 'queued', 'abc', $3, true, now() + interval '1 day', now() + interval '1 day', now(), $4)`,
        [id, organizationId, seal('actions', id, 'input_box', marker), `Person ${marker}`],
      );
      return id;
    },

    async handAction() {
      const id = app.newId();
      const input = JSON.stringify({ jobId: 'job-1', title: marker });
      await pool.query(
        `INSERT INTO actions (id, organization_id, capability, state, input_hash, input_box, patient, due_at, last_resort,
           last_resort_at, created_at, created_by)
         VALUES ($1, $2, 'job.post', 'queued', 'abc', $3, false, 'infinity', 'by_hand', now(), now(), $4)`,
        [id, organizationId, seal('actions', id, 'input_box', input), `Person ${marker}`],
      );
      return id;
    },

    async actionBulk() {
      const bulkId = app.newId();
      await pool.query(
        `INSERT INTO action_bulks (id, organization_id, capability, input_hash, total, created_at, created_by)
         VALUES ($1, $2, 'email.send', 'abc', 1, now(), $3)`,
        [bulkId, organizationId, `Person ${marker}`],
      );
      const id = app.newId();
      await pool.query(
        `INSERT INTO actions (id, organization_id, capability, state, bulk_id, input_hash, input_box, patient, due_at,
           created_at, created_by, finished_at)
         VALUES ($1, $2, 'email.send', 'failed', $3, 'abc', $4, true, 'infinity', now(), $5, now())`,
        [id, organizationId, bulkId, seal('actions', id, 'input_box', marker), `Person ${marker}`],
      );
      return bulkId;
    },

    async lastResort() {
      await pool.query(
        `INSERT INTO last_resorts (organization_id, capability) VALUES ($1, 'storage.put') ON CONFLICT DO NOTHING`,
        [organizationId],
      );
    },

    async automation() {
      const id = app.newId();
      const step = {
        name: 'post',
        capability: 'chat.post',
        integrationId: null,
        input: { text: `Text ${marker}` },
      };
      await pool.query(
        `INSERT INTO automations (id, organization_id, name, enabled, events, trigger, steps, runs_per_hour, created_at,
           created_by, updated_at)
         VALUES ($1, $2, $3, true, '{job.created}', $4, $5, 600, now(), $6, now())`,
        [
          id,
          organizationId,
          `Automation ${marker} ${++count}`,
          JSON.stringify({ kind: 'event', events: ['job.created'], conditions: [] }),
          JSON.stringify([step]),
          `Person ${marker}`,
        ],
      );
      await pool.query(
        `INSERT INTO automation_hours (automation_id, hour, organization_id, begun)
         VALUES ($1, date_trunc('hour', now()), $2, 1)`,
        [id, organizationId],
      );
      await pool.query(
        `INSERT INTO chat_threads (organization_id, provider, channel, thread, conversation_id, created_at)
         VALUES ($1, 'slack', 'C0SUPPORT', $2, $3, now())`,
        [organizationId, `1.${count}`, `Conversation ${marker}`],
      );
      return id;
    },

    async automationRun() {
      const id = app.newId();
      const automationId = await samples.automation();
      const problem = JSON.stringify({
        fault: 'config',
        title: `Problem ${marker}`,
        cause: marker,
        fix: marker,
        link: null,
      });
      await pool.query(
        `INSERT INTO automation_runs (id, organization_id, automation_id, event_type, state, begun_at, problem, due_at,
           finished_at)
         VALUES ($1, $2, $3, 'job.created', 'dead_lettered', now(), $4, 'infinity', now())`,
        [id, organizationId, automationId, problem],
      );
      await pool.query(
        `INSERT INTO automation_run_steps (run_id, round, number, organization_id, name, capability, state, problem,
           started_at, finished_at)
         VALUES ($1, 1, 1, $2, 'post', 'chat.post', 'failed', $3, now(), now())`,
        [id, organizationId, problem],
      );
      return id;
    },

    async failover() {
      const primaryId = await samples.integration();
      const backupId = await samples.integration();
      await pool.query('INSERT INTO failover_configs (integration_id, organization_id) VALUES ($1, $2)', [
        primaryId,
        organizationId,
      ]);
      await pool.query(
        'INSERT INTO failover_backups (integration_id, backup_id, organization_id, position) VALUES ($1, $2, $3, 1)',
        [primaryId, backupId, organizationId],
      );
      const fileId = app.newId();
      await pool.query(
        `INSERT INTO displaced_files (id, organization_id, primary_id, holder_id, key_hash, key_box, content_type, bytes,
           digest, stage, due_at, created_at)
         VALUES ($1, $2, $3, $4, 'abc', $5, 'text/plain', 1, 'abc', 'copy', 'infinity', now())`,
        [fileId, organizationId, primaryId, backupId, seal('displaced_files', fileId, 'key_box', marker)],
      );
      await pool.query(
        `INSERT INTO event_references (organization_id, primary_id, reference, kept_until)
         VALUES ($1, $2, $3, now() + interval '1 day')`,
        [organizationId, primaryId, `Reference ${marker}`],
      );
      await pool.query(
        `INSERT INTO capability_primaries (organization_id, capability, integration_id) VALUES ($1, 'email.send', $2)
         ON CONFLICT DO NOTHING`,
        [organizationId, primaryId],
      );
      await pool.query(
        `INSERT INTO failover_switches (id, organization_id, kind, trigger, integration_id, integration_name, from_id,
           from_name, to_id, to_name, by, at)
         VALUES ($1, $2, 'failed_over', 'manual', $3, $5, $3, $5, $4, $5, $5, now())`,
        [app.newId(), organizationId, primaryId, backupId, `Name ${marker}`],
      );
      return { primaryId, backupId };
    },

    async customProvider() {
      const slug = `custom-${marker}-${++count}`;
      await pool.query(
        `INSERT INTO custom_providers (id, organization_id, slug, definition, created_at, updated_at)
         VALUES ($1, $2, $3, $4, now(), now())`,
        [app.newId(), organizationId, slug, JSON.stringify(customDefinition(`Provider ${marker} ${count}`))],
      );
      return slug;
    },

    async hiddenProvider() {
      await pool.query(
        `INSERT INTO hidden_providers (organization_id, slug) VALUES ($1, 'zendesk') ON CONFLICT DO NOTHING`,
        [organizationId],
      );
    },

    async checkRun() {
      const id = app.newId();
      await pool.query(
        `INSERT INTO check_runs (id, organization_id, started_by, started_at, finished_at)
         VALUES ($1, $2, $3, now(), now())`,
        [id, organizationId, `Person ${marker}`],
      );
      await pool.query(
        `INSERT INTO check_run_items (run_id, integration_id, organization_id, outcome) VALUES ($1, $2, $3, 'ok')`,
        [id, await samples.integration(), organizationId],
      );
      return id;
    },

    async verification() {
      const [id, runId] = [app.newId(), app.newId()];
      await pool.query(
        `INSERT INTO check_runs (id, organization_id, started_by, started_at, finished_at)
         VALUES ($1, $2, $3, now(), now())`,
        [runId, organizationId, `Person ${marker}`],
      );
      await pool.query(
        `INSERT INTO verification_runs (id, organization_id, check_run_id, started_by, started_at, finished_at, items, counts)
         VALUES ($1, $2, $3, $4, now(), now(), '[]', '{"failed":0,"warning":0,"ok":0,"skipped":0}')`,
        [id, organizationId, runId, `Person ${marker}`],
      );
      return id;
    },

    async measuredIntegration() {
      const id = await samples.integration();
      for (const [table, time] of [
        ['integration_hours', 'hour'],
        ['integration_days', 'day'],
      ] as const) {
        await pool.query(
          `INSERT INTO ${table} (integration_id, organization_id, kind, ${time}, count, failures, duration_ms, latency,
             faults)
           VALUES ($1, $2, 'check', date_trunc('${time}', now()), 12, 1, 3000, '{0,0,0,12}', '{0,0,0,0,0,1}')`,
          [id, organizationId],
        );
      }
      await pool.query(
        `INSERT INTO integration_errors (integration_id, organization_id, fingerprint, fault, title, cause, fix, count,
           first_at, last_at, recent_at, last_message)
         VALUES ($1, $2, $3, 'down', $3, $3, $3, 1, now(), now(), ARRAY[now()], $3)`,
        [id, organizationId, marker],
      );
      await pool.query(
        `INSERT INTO integration_status_spans (integration_id, organization_id, status, problem, since)
         VALUES ($1, $2, 'active', $3, now())`,
        [
          id,
          organizationId,
          JSON.stringify({ fault: 'down', title: marker, cause: marker, fix: marker, link: null }),
        ],
      );
      return id;
    },
  };
  return samples;
}
