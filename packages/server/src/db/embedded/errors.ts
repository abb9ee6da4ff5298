/** Another running Trunkline holds the data folder. */
export class DataFolderInUseError extends Error {
  override name = 'DataFolderInUseError';
  readonly dataDir: string;
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(`The data folder ${dataDir} is in use by another running Trunkline (process ${pid}).`);
    this.dataDir = dataDir;
    this.pid = pid;
  }
}

/** The embedded database cannot run here; the message says why and what to do. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
