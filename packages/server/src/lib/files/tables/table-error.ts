/** A file that cannot be read as a table. The message may be shown: it names places, never what stands there. */
export class TableError extends Error {
  override readonly name = 'TableError';
}
