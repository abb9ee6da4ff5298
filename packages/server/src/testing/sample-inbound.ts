import { createHash } from 'node:crypto';
import { newAddress } from '../modules/inbound/rules.ts';
import { keyPlace } from '../modules/inbound/source-keys.ts';
import type { TestApp } from './test-app.ts';

export interface InboundSamples {
  /** A generic source with a key, counts and a refusal. */
  inboundSource(): Promise<string>;
  /** A webhook that came in and whose processing was given up. */
  inboundMessage(): Promise<string>;
  /** A mail with a file that came in. */
  inboundMail(): Promise<string>;
  /** An address that gets no more mail. */
  suppression(): Promise<string>;
}

/** Rows about inbound webhooks of an organization; every text in them holds `marker`. */
export function createInboundSamples(test: TestApp, organizationId: string, marker: string): InboundSamples {
  const { app, database } = test;
  const { pool } = database;
  let count = 0;

  async function inboundSource(): Promise<string> {
    const id = app.newId();
    await pool.query(
      `INSERT INTO inbound_sources (id, organization_id, address, provider, name, key_box, signature, per_minute,
         created_at, created_by, updated_at, proposed_key_box, proposal)
       VALUES ($1, $2, $3, 'generic', $4, $5, $6, 100, now(), $7, now(), $8, $9)`,
      [
        id,
        organizationId,
        newAddress(app.randomBytes),
        `Source ${marker} ${++count}`,
        app.secretBox.seal(`Key ${marker}`, keyPlace(organizationId, id, 'key_box')),
        JSON.stringify({
          algorithm: 'hmac-sha256',
          header: `X-${marker}`,
          encoding: 'hex',
          prefix: '',
          timestampHeader: null,
          idHeader: null,
        }),
        `Person ${marker}`,
        app.secretBox.seal(`Proposed ${marker}`, keyPlace(organizationId, id, 'proposed_key_box')),
        JSON.stringify({
          at: new Date(app.clock()).toISOString(),
          address: '203.0.113.7',
          subscription: `Subscription ${marker}`,
        }),
      ],
    );
    await pool.query(
      `INSERT INTO inbound_hours (source_id, hour, organization_id, received, refused)
       VALUES ($1, date_trunc('hour', now()), $2, 1, 1)`,
      [id, organizationId],
    );
    await pool.query(
      `INSERT INTO inbound_refusals (source_id, organization_id, at, reason, address)
       VALUES ($1, $2, now(), $3, '203.0.113.7')`,
      [id, organizationId, `wrong_${marker}`],
    );
    return id;
  }

  async function inboundMessage(sourceId: string, content: object): Promise<string> {
    const id = app.newId();
    const body = Buffer.from(JSON.stringify(content));
    await pool.query(
      `INSERT INTO inbound_messages (id, organization_id, source_id, replay_key, state, kind, method, target,
         client_address, headers, body, sha256, attempts, error, due_at, received_at)
       VALUES ($1, $2, $3, $4, 'failed', $4, 'POST', '/', '203.0.113.7', $5, $6, $7, 8, $4, 'infinity', now())`,
      [
        id,
        organizationId,
        sourceId,
        `Kind ${marker}`,
        JSON.stringify({ 'x-about': marker }),
        body,
        createHash('sha256').update(body).digest(),
      ],
    );
    return id;
  }

  return {
    inboundSource,

    async inboundMessage() {
      return inboundMessage(await inboundSource(), { text: `Body ${marker}` });
    },

    async inboundMail() {
      const id = await inboundSource();
      await pool.query(`UPDATE inbound_sources SET provider = 'postmark' WHERE id = $1`, [id]);
      const content = Buffer.from(`File ${marker}`).toString('base64');
      return inboundMessage(id, {
        From: `${marker}@example.com`,
        Headers: [],
        Attachments: [{ Name: `${marker}.txt`, ContentType: 'text/plain', Content: content }],
      });
    },

    async suppression() {
      const address = `${marker}-${++count}@example.com`.toLowerCase();
      await pool.query(
        `INSERT INTO email_suppressions (organization_id, address, id, reason, detail, provider, created_at)
         VALUES ($1, $2, $3, 'bounced', $4, 'sendgrid', now())`,
        [organizationId, address, app.newId(), `Detail ${marker}`],
      );
      return address;
    },
  };
}
