import pg from 'pg';

export type PoolOptions = {
  /** Most connections open at once (default 10). */
  max?: number;
  /** Shown in `pg_stat_activity.application_name`. */
  applicationName?: string;
  /**
   * Limit per statement in milliseconds; 0 or absent means none. The server gets it as a startup parameter, which
   * a pooler refuses or ignores: through one, only our own bound of five seconds more holds, and what lies on the
   * server is for its operator to bound (docs/scaling.md).
   */
  statementTimeoutMs?: number;
  /**
   * The URL leads to a pooler in transaction mode, where the next transaction may run in another session: nothing
   * may be left in one. Statements go without their names.
   */
  pooled?: boolean;
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

/** How values of the database are read. */
export const resultTypes: pg.CustomTypesConfig = {
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

type AnyQuery = (this: pg.Client, config: unknown, ...rest: unknown[]) => never;

/** Prepares each statement anew: what another session has prepared is unknown to this one. */
class NamelessClient extends pg.Client {
  override query: pg.Client['query'] = (config: unknown, ...rest: unknown[]) =>
    (super.query as AnyQuery).call(this, isNamed(config) ? { ...config, name: undefined } : config, ...rest);
}

/** Whether a connection keeps what is prepared by name: not where a pooler is between. */
export function namesStatements(client: pg.ClientBase): boolean {
  return !(client instanceof NamelessClient);
}

function isNamed(config: unknown): config is { name: string } {
  return typeof config === 'object' && config !== null && 'name' in config && !('submit' in config);
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
    types: resultTypes,
    // The second bound is our own: a server that hangs keeps no statement timeout.
    ...(options.statementTimeoutMs ? { query_timeout: options.statementTimeoutMs + 5_000 } : {}),
    ...(options.statementTimeoutMs && !options.pooled
      ? { statement_timeout: options.statementTimeoutMs }
      : {}),
    ...(options.pooled ? { Client: NamelessClient } : {}),
  });
  const report = options.onConnectionError ?? (() => {});
  pool.on('error', (error) => report(error));
  // The pool only listens to idle clients; a client that is checked out needs a listener of its own.
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  return pool;
}
