// Lays what no operation makes: organizations beside a running product, people of every role, sessions whose proof
// of identity is old. It is the compiled product itself on the same database and keys; it delivers nothing.
// `node keeper.mjs` answers JSON lines on standard input; `node keeper.mjs discard <folder>` removes a data folder.
import { createInterface } from 'node:readline';
import { rememberingHashing } from './hashing.mjs';

const product = new URL('../../packages/server/dist/', import.meta.url);
const load = (/** @type {string} */ path) => import(new URL(path, product).href);

if (process.argv[2] === 'discard') {
  const { discardDataFolder } = await load('db/embedded.js');
  await discardDataFolder(process.argv[3]);
} else {
  await keep();
}

async function keep() {
  const { readConfig } = await load('config/env.js');
  const { createLog, startApp } = await load('start-app.js');
  const { createOrganizationWithAdministrator } = await load('modules/access/create-organization.js');
  const { addMember } = await load('identity/organizations.js');
  const { createPasswords } = await load('identity/passwords.js');
  const running = await startApp(readConfig(process.env), createLog('error'), {
    hashing: rememberingHashing(createPasswords),
  });
  const { app } = running;

  /** @type {Record<string, (input: any) => Promise<unknown>>} */
  const acts = {
    createOrganization: ({ name, administrator }) =>
      createOrganizationWithAdministrator(app, { name, administrator }),
    createMember: async ({ organizationId, role, ...person }) => {
      const { userId } = await app.identity.createUser(person);
      await addMember(app.pool, { id: app.newId(), organizationId, userId, role });
      return { userId };
    },
    addMember: async ({ organizationId, userId, role }) => {
      await addMember(app.pool, { id: app.newId(), organizationId, userId, role });
      return {};
    },
    ageSessions: async ({ userId }) => {
      const { rowCount } = await app.pool.query(
        "UPDATE sessions SET fresh_at = now() - interval '10 minutes' WHERE user_id = $1",
        [userId],
      );
      return { count: rowCount };
    },
    findPerson: async ({ email }) => {
      const { rows } = await app.pool.query('SELECT id AS "userId", name FROM users WHERE email = $1', [
        email,
      ]);
      return rows[0];
    },
    expireAttempts: async ({ organizationId }) => {
      const { rowCount } = await app.pool.query(
        "UPDATE oauth_attempts SET expires_at = now() - interval '1 second' WHERE organization_id = $1",
        [organizationId],
      );
      return { count: rowCount };
    },
    // Twelve checks of a tenth of a second in every hour of the eight days before, and no error for nine.
    layHealthHistory: async ({ integrationId }) => {
      await app.pool.query(
        `INSERT INTO integration_hours
           (integration_id, organization_id, kind, hour, count, failures, duration_ms, latency, faults)
         SELECT i.id, i.organization_id, 'check', hour, 12, 0, 1200, array_fill(0::bigint, ARRAY[14]) || 12::bigint, '{}'
         FROM integrations i, generate_series(date_trunc('hour', now()) - interval '8 days',
           date_trunc('hour', now()) - interval '1 hour', interval '1 hour') AS hour
         WHERE i.id = $1`,
        [integrationId],
      );
      const { rowCount } = await app.pool.query(
        `UPDATE integration_status_spans SET since = now() - interval '9 days'
         WHERE integration_id = $1 AND until IS NULL AND status = 'active'`,
        [integrationId],
      );
      return { count: rowCount };
    },
    createDatabase: async ({ name }) => {
      await app.pool.query(`CREATE DATABASE ${name}`);
      return {};
    },
  };

  const lines = createInterface({ input: process.stdin });
  process.stdout.write('ready\n');
  for await (const line of lines) {
    const { id, act, input } = JSON.parse(line);
    acts[act](input).then(
      (result) => process.stdout.write(`${JSON.stringify({ id, result })}\n`),
      (error) => process.stdout.write(`${JSON.stringify({ id, error: String(error?.stack ?? error) })}\n`),
    );
  }
  await running.stop();
}
