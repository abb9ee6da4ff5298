import pg from 'pg';

export type PoolOptions = {
  /** Most connections open at once (default 10). */
  max?: number;
  /** Shown in `pg_stat_activity.application_name`. */
  applicationName?: string;
  /**
   * Server-side limit per statement in milliseconds; 0 or absent means none. It is sent as a startup
   * parameter, so behind PgBouncer list `statement_timeout` in `ignore_startup_parameters`.
   */
  statementTimeoutMs?: number;
  /** Called when a connection fails outside a query (server restart, terminated backend). */
  onConnectionError?: (error: Error) => void;
};

const INT8 = 20;
const INT8_ARRAY = 1016;

/** Parses a PostgreSQL bigint: a number where it is exact, otherwise the decimal string. */
export function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

// The declared types know only the scalar types' numbers; the function takes any.
const getParser = pg.types.getTypeParser as (oid: number, format?: string) => unknown;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8) return parseInt8;
      if (oid === INT8_ARRAY) {
        const parseArray = getParser(oid, 'text') as (text: string) => unknown;
        return (text: string) => parseInt8Items(parseArray(text));
      }
    }
    return getParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

function parseInt8Items(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parseInt8Items);
  return typeof value === 'string' ? parseInt8(value) : value;
}

/**
 * Opens a connection pool on a `postgres://` URL. Connections are made on first use. A connection that
 * breaks while idle or between two queries of a transaction is reported to `onConnectionError` and never
 * becomes an uncaught error; the next query on it rejects. End it with `pool.end()`.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'trunkline',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types,
    // The second bound is our own: a server that hangs keeps no statement timeout.
    ...(options.statementTimeoutMs
      ? { statement_timeout: options.statementTimeoutMs, query_timeout: options.statementTimeoutMs + 5_000 }
      : {}),
  });
  const report = options.onConnectionError ?? (() => {});
  pool.on('error', (error) => report(error));
  // The pool only listens to idle clients; a client that is checked out needs a listener of its own.
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  return pool;
}
