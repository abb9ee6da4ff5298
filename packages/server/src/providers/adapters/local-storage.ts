import { createHash } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Adapters, Adapting } from './adapter.ts';
import { MissingObject } from './missing-object.ts';
import { importedTable } from './table-import.ts';

/**
 * The path of a key. Every part gets an ending that no folder has, so that a file and a folder of the same name do not
 * meet, and is encoded, so that it is one name on every disk.
 */
function pathOf(io: Pick<Adapting, 'folder'>, key: string): string {
  const parts = key.split('/').map((part) => encodeURIComponent(part).replaceAll('*', '%2A'));
  const name = parts.pop() ?? '';
  return join(io.folder(), ...parts, `${name}.file`);
}

/** What the disk says, as the provider's rules read it. */
async function onDisk<T>(io: Adapting, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // A name that no disk takes is wrong in itself.
    throw io.failure(code, code === 'ENAMETOOLONG' ? 400 : null);
  }
}

/** Files in the folder of the connection, and tables that come with a call. */
export const localStorageAdapters: Adapters = {
  'storage.put': {
    repeatable: true,
    duplicates: 'Storing the same file again changes nothing.',
    run: ({ key, content }, io) =>
      onDisk(io, async () => {
        const body = Buffer.from(content, 'base64');
        const path = pathOf(io, key);
        const before = `${path}.${io.key}.part`;
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        try {
          const file = await open(before, 'w', 0o600);
          try {
            await file.writeFile(body);
            await file.sync();
          } finally {
            await file.close();
          }
          await rename(before, path);
        } finally {
          await rm(before, { force: true });
        }
        return { key, bytes: body.length };
      }),
  },
  'storage.get': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    run: ({ key }, io) =>
      onDisk(io, async () => {
        const body = await readFile(pathOf(io, key)).catch((error: NodeJS.ErrnoException) => {
          throw error.code === 'ENOENT' ? new MissingObject() : error;
        });
        return { found: true, content: body.toString('base64'), contentType: null, bytes: body.length };
      }),
  },
  'ats.import': {
    repeatable: true,
    duplicates:
      'Nothing is changed and nobody is asked: the CSV or Excel file that comes with the call is read here.',
    async run(input, io) {
      const table = await importedTable(input, io);
      if (table === null) throw io.failure('A file has to come with the call.', 400);
      return table;
    },
  },
};

/**
 * Removes a file whose content has this digest. It is set aside first and looked at there, so that one that is stored
 * meanwhile stays: what was set aside and is not the one meant goes back, unless a newer one has its place.
 */
export async function removeLocalFile(
  key: string,
  digest: Buffer,
  io: Pick<Adapting, 'folder' | 'key'>,
): Promise<void> {
  const path = pathOf(io, key);
  const aside = `${path}.${io.key}.aside`;
  const absent = (code: string) => (error: NodeJS.ErrnoException) => {
    if (error.code !== code) throw error;
  };
  await rename(path, aside).catch(absent('ENOENT'));
  const body = await readFile(aside).catch(absent('ENOENT'));
  // Removed before.
  if (body === undefined) return;
  if (!createHash('sha256').update(body).digest().equals(digest)) {
    await link(aside, path).catch(absent('EEXIST'));
  }
  await rm(aside, { force: true });
}
