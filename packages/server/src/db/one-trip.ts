import pg from 'pg';
import type { Tx } from '../ctx.ts';
import { namesStatements, resultTypes } from './pool.ts';

/** Of a transaction, what fits into one round trip: no announcements, and nothing that depends on an answer. */
export type OneTrip = Pick<Tx, 'organizationId' | 'query'>;

interface Asked {
  statement: Statement;
  answer: (rows: never[]) => void;
  fail: (error: unknown) => void;
}

/**
 * Runs what `work` asks in one transaction of an organization and in one round trip to the database: all statements leave
 * together, and none waits for an answer. `work` asks them all before it waits for the first; each sees what those before it
 * have changed, and when one fails nothing was done. As the role that row-level security binds.
 */
export async function oneTrip<T>(
  pool: pg.Pool,
  organizationId: string,
  work: (tx: OneTrip) => Promise<T>,
): Promise<T> {
  const asked: Asked[] = [];
  let left = false;
  const result = work({
    organizationId,
    query: <Row extends object>(text: string, values: unknown[] = [], name?: string) => {
      if (left) return Promise.reject(new Error('The round trip has left: ask everything before waiting.'));
      return new Promise<Row[]>((answer, fail) =>
        asked.push({ statement: { text, values, name }, answer, fail }),
      );
    },
  });
  left = true;
  // A failure that comes before anybody waits for it must not end the process.
  result.catch(() => undefined);
  try {
    const rows = await send(pool, [enter(organizationId), ...asked.map(({ statement }) => statement)]);
    for (const [index, { answer }] of asked.entries()) answer(rows[index + 1] as never[]);
  } catch (error) {
    for (const { fail } of asked) fail(error);
  }
  return result;
}

interface Statement {
  text: string;
  values: unknown[];
  name: string | undefined;
}

function enter(organizationId: string): Statement {
  return {
    text: `SELECT set_config('role', 'trunkline_tenant', true), set_config('trunkline.organization_id', $1, true)`,
    values: [organizationId],
    name: 'enter_organization',
  };
}

async function send(pool: pg.Pool, statements: readonly Statement[]): Promise<object[][]> {
  const db = await pool.connect();
  let broken: Error | undefined;
  try {
    const named = namesStatements(db);
    return await new Promise<object[][]>((resolve, reject) => {
      db.query(new Batch(statements, named, (error, rows) => (error ? reject(error) : resolve(rows))));
    });
  } catch (error) {
    // What the database refuses it undoes. After anything else nobody knows how the connection is.
    if (!(error instanceof pg.DatabaseError)) broken = error as Error;
    throw error;
  } finally {
    db.release(broken);
  }
}

/** What the driver keeps of a connection: the statements by name that are prepared, and those on their way. */
type Wire = pg.Connection & Record<'parsedStatements' | 'submittedNamedStatements', Record<string, string>>;

/** What the driver tells of the answer to a query. */
interface Part {
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
}

/**
 * Statements with one `Sync` behind them all. To the database that is one transaction: it commits there, and after an error
 * skips the rest up to there, so that nothing ever runs outside of the organization that the first one enters.
 */
class Batch implements pg.Submittable {
  /** The driver wraps it to limit how long it takes. */
  callback: (error: Error | null, rows: object[][]) => void;
  readonly #statements: readonly Statement[];
  readonly #parts: Part[];
  readonly #rows: object[][] = [];
  /** What the database is about to prepare, in this order. */
  #preparing: Statement[] = [];
  #failure: Error | null = null;
  #answered = 0;
  #letGo = (): void => undefined;

  constructor(statements: readonly Statement[], named: boolean, callback: Batch['callback']) {
    this.callback = callback;
    this.#statements = statements.map((one) => ({ ...one, name: named ? one.name : undefined }));
    this.#parts = this.#statements.map((statement, index) => this.#partOf(statement, index));
  }

  submit(connection: pg.Connection): void {
    const wire = connection as Wire;
    const onParsed = (): void => {
      const { name, text } = this.#preparing.shift()!;
      if (name === undefined) return;
      wire.parsedStatements[name] = text;
      delete wire.submittedNamedStatements[name];
    };
    wire.on('parseComplete', onParsed);
    this.#letGo = () => {
      wire.off('parseComplete', onParsed);
      for (const { name } of this.#preparing)
        if (name !== undefined) delete wire.submittedNamedStatements[name];
      this.#preparing = [];
    };
    // A query ends with a `Sync` of its own, which would commit it.
    const withoutSync = Object.create(wire, { sync: { value: () => undefined } }) as Wire;
    wire.stream.cork();
    for (const [index, statement] of this.#statements.entries()) {
      const { name } = statement;
      const known =
        name !== undefined && (name in wire.parsedStatements || name in wire.submittedNamedStatements);
      if (!known) this.#preparing.push(statement);
      this.#failure ??= this.#parts[index]!.submit(withoutSync);
    }
    wire.sync();
    // Values that cannot be sent: what is already written must not be carried out without them.
    if (this.#failure !== null) wire.stream.destroy(this.#failure);
    wire.stream.uncork();
  }

  handleRowDescription(message: unknown): void {
    this.#parts[this.#answered]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#parts[this.#answered]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: pg.Connection): void {
    this.#parts[this.#answered]?.handleCommandComplete(message, connection as Wire);
    this.#answered += 1;
  }

  handleReadyForQuery(connection: pg.Connection): void {
    this.#letGo();
    for (const part of this.#parts) part.handleReadyForQuery(connection as Wire);
    this.callback(this.#failure, this.#rows);
  }

  handleError(error: Error): void {
    this.#letGo();
    this.callback(error, []);
  }

  #partOf({ text, values, name }: Statement, index: number): Part {
    const config = { text, values: values as never, name, types: resultTypes, queryMode: 'extended' };
    const query: unknown = new pg.Query(config, (error, result) => {
      if (error) this.#failure ??= error;
      else this.#rows[index] = result.rows;
    });
    return query as Part;
  }
}
