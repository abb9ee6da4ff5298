declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the database server shared by one test run. */
    postgresUrl: string;
    /** Port on 127.0.0.1 of a PgBouncer in transaction mode in front of it; 0 = the run has none. */
    pooledPort: number;
  }
}

export {};
