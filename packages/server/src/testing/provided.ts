declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the database server shared by one test run. */
    postgresUrl: string;
  }
}

export {};
