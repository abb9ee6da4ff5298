import type { TestApp } from './test-app.ts';

/** What somebody can do who holds the owner's credentials: the trigger is switched off first. */
export async function tamperWith(test: TestApp, ...statements: [string, unknown[]][]): Promise<void> {
  const client = await test.database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
    for (const [sql, values] of statements) await client.query(sql, values);
    await client.query('ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only');
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
