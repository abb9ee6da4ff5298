import { posix } from 'node:path';

/** What is at a path. */
export type Entry =
  { kind: 'file'; content: Buffer; modifiedAt: number } | { kind: 'folder'; modifiedAt: number };

/** A small file system in memory; paths are absolute, with slashes. */
export class MemoryFiles {
  readonly #entries = new Map<string, Entry>();

  constructor(folders: readonly string[]) {
    for (const folder of ['/', ...folders]) this.makeFolder(folder);
  }

  /** The absolute path, with `.` and `..` resolved; a relative one starts at the root. */
  resolve(path: string): string {
    return posix.resolve('/', path);
  }

  at(path: string): Entry | undefined {
    return this.#entries.get(this.resolve(path));
  }

  /** Names in a folder, in order. */
  list(folder: string): [name: string, entry: Entry][] {
    const parent = this.resolve(folder);
    return [...this.#entries]
      .filter(([path]) => path !== '/' && posix.dirname(path) === parent)
      .map(([path, entry]) => [posix.basename(path), entry] as [string, Entry])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Makes a folder and those above it. */
  makeFolder(path: string): void {
    const whole = this.resolve(path);
    if (whole !== '/') this.makeFolder(posix.dirname(whole));
    if (!this.#entries.has(whole)) this.#entries.set(whole, { kind: 'folder', modifiedAt: Date.now() });
  }

  /** Stores a file; the folder has to be there. False: it is not. */
  write(path: string, content: Buffer): boolean {
    const whole = this.resolve(path);
    if (this.at(posix.dirname(whole))?.kind !== 'folder') return false;
    this.#entries.set(whole, { kind: 'file', content, modifiedAt: Date.now() });
    return true;
  }

  remove(path: string): void {
    this.#entries.delete(this.resolve(path));
  }

  /** Every file, the latest changed first. */
  stored(): { path: string; content: Buffer; modifiedAt: number }[] {
    return [...this.#entries]
      .flatMap(([path, entry]) =>
        entry.kind === 'file' ? [{ path, content: entry.content, modifiedAt: entry.modifiedAt }] : [],
      )
      .sort((a, b) => b.modifiedAt - a.modifiedAt);
  }

  /** Every file by its path. */
  all(): ReadonlyMap<string, Buffer> {
    return new Map(
      [...this.#entries].flatMap(([path, entry]) =>
        entry.kind === 'file' ? [[path, entry.content] as const] : [],
      ),
    );
  }
}
