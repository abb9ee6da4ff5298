import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../config/env.ts';
import { webRoot } from '../http/static.ts';
import { createLog, startApp } from '../start-app.ts';
import type { App } from '../ctx.ts';
import { rootOf } from '../tracing/traced-id.ts';

export interface Finding {
  ok: boolean;
  what: string;
  /** What to do about it. */
  hint?: string;
}

const oldestPostgres = 150_000;
const skewLimitMs = 5_000;
const collectorMs = 5_000;

/**
 * Looks at everything that a start needs and says what is wrong (`doctor`). It starts the database and the keys
 * as a server would, so it needs the data folder for itself or an external database.
 */
export async function examine(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [
    {
      ok: existsSync(join(webRoot, 'index.html')),
      what: 'the admin UI is built',
      hint: 'Run npm run build.',
    },
    {
      ok:
        config.publicUrl.startsWith('https:') || /^http:\/\/(127\.|localhost|\[::1\])/.test(config.publicUrl),
      what: `people reach it at ${config.publicUrl}`,
      hint: 'Put it behind TLS and set TRUNKLINE_PUBLIC_URL to the https address; cookies are not Secure otherwise.',
    },
  ];
  let running;
  try {
    running = await startApp(config, createLog('silent'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [...findings, { ok: false, what: 'the database and the keys are usable', hint: message }];
  }
  try {
    findings.push({
      ok: true,
      what: 'the database is reachable and migrated, the master key opens its secrets',
    });
    findings.push(...(await examineDatabase(running.app.pool, running.app.clock)));
    findings.push(...(await examineCollector(running.app)));
  } finally {
    await running.stop();
  }
  return findings;
}

async function examineDatabase(pool: pg.Pool, clock: () => number): Promise<Finding[]> {
  const { rows } = await pool.query<{
    version: number;
    synchronous: string;
    now: Date;
    unprotected: string[] | null;
    dead: number;
    waiting: number;
  }>(
    `SELECT current_setting('server_version_num')::int AS version,
       current_setting('synchronous_commit') AS synchronous, clock_timestamp() AS now,
       (SELECT array_agg(DISTINCT t.relname) FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
        WHERE a.attname = 'organization_id' AND t.relkind IN ('r', 'p') AND NOT t.relispartition
          AND t.relnamespace = current_schema()::regnamespace
          AND NOT (t.relrowsecurity AND t.relforcerowsecurity)) AS unprotected,
       (SELECT count(*) FROM dead_letters) AS dead,
       (SELECT count(*) FROM delivery_queue WHERE due_at < now() - interval '5 minutes') AS waiting`,
  );
  const row = rows[0];
  if (!row) return [];
  const skewMs = Math.abs(row.now.getTime() - clock());
  return [
    { ok: row.version >= oldestPostgres, what: 'PostgreSQL is version 15 or newer' },
    {
      ok: row.synchronous !== 'off',
      what: `commits wait for the disk (synchronous_commit = ${row.synchronous})`,
      hint: 'With synchronous_commit = off a crash of PostgreSQL loses accepted events.',
    },
    {
      ok: row.unprotected === null || row.unprotected.length === 0,
      what: 'every table of an organization has forced row-level security',
      hint: `Unprotected: ${(row.unprotected ?? []).join(', ')}.`,
    },
    {
      ok: skewMs < skewLimitMs,
      what: `the clocks of this machine and the database agree (${Math.round(skewMs)} ms apart)`,
      hint: 'Synchronize both; receivers refuse deliveries whose timestamp is far off.',
    },
    {
      ok: row.waiting === 0,
      what: 'no delivery is overdue by more than five minutes',
      hint: `${row.waiting} are. Is a server or worker running?`,
    },
    { ok: true, what: `${row.dead} dead letters wait for a decision` },
  ];
}

/** Sends one span, whatever the sampler says, where traces are configured. */
async function examineCollector({ tracer, newId }: App): Promise<Finding[]> {
  if (tracer === null) return [];
  tracer.at(rootOf(newId()), null, { name: 'trunkline doctor', kind: 'internal' }).end();
  await tracer.stop(collectorMs);
  return [
    {
      ok: tracer.counters.exported > 0,
      what: 'the collector takes traces',
      hint: 'Look at OTEL_EXPORTER_OTLP_ENDPOINT (HTTP, usually port 4318) and OTEL_EXPORTER_OTLP_HEADERS; docs/traces.md.',
    },
  ];
}
