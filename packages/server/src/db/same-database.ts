import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Notification } from 'pg';

/**
 * Whether a notification sent through the pool arrives at a session of `directUrl` in time: that both lead to one
 * database, and that the second one can hear. Rejects with what either of them answers when it refuses.
 */
export async function isSameDatabase(
  pool: Pick<pg.Pool, 'query'>,
  directUrl: string,
  withinMs = 5_000,
): Promise<boolean> {
  const client = new pg.Client({
    connectionString: directUrl,
    application_name: 'trunkline check',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const channel = `trunkline_check_${randomUUID()}`;
    const heard = new Promise<void>((resolve) => {
      client.on('notification', (notification: Notification) => {
        if (notification.channel === channel) resolve();
      });
    });
    await client.query(`LISTEN "${channel}"`);
    await pool.query('SELECT pg_notify($1, $2)', [channel, '']);
    return await within(heard, withinMs);
  } finally {
    await client.end();
  }
}

async function within(done: Promise<void>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
