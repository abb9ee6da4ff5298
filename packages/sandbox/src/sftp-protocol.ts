import ssh2 from 'ssh2';
import type { Attributes, SFTPWrapper } from 'ssh2';
import type { Entry, MemoryFiles } from './sftp-files.ts';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

/** How the server behaves just now. */
export interface Behaviour {
  /** Goes on now, or after a while. */
  later: (next: () => void) => void;
  mayWrite: () => boolean;
  /** Is told of what was asked, and whether it was done. */
  note: (verb: string, path: string, done: boolean) => void;
}

interface Opened {
  path: string;
  /** Names that are still to be told of; null for a file. */
  rest: [string, Entry][] | null;
}

const namesAtOnce = 100;
const largest = 64 * 1_048_576;

/** Answers the requests of one SFTP session (version 3) from files in memory. */
export function serveSftp(sftp: SFTPWrapper, files: MemoryFiles, { later, mayWrite, note }: Behaviour): void {
  const open = new Map<number, Opened>();
  let next = 0;

  const handleFor = (opened: Opened): Buffer => {
    open.set(next, opened);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(next);
    next += 1;
    return handle;
  };
  const openedBy = (handle: Buffer): Opened | undefined =>
    handle.length === 4 ? open.get(handle.readUInt32BE(0)) : undefined;
  const say = (id: number, code: number, message?: string): void => sftp.status(id, code, message);
  const missing = (id: number): void => say(id, STATUS_CODE.NO_SUCH_FILE, 'No such file');
  /** Whether writing is refused, which it then has been. */
  const readOnly = (id: number): boolean => {
    if (mayWrite()) return false;
    say(id, STATUS_CODE.PERMISSION_DENIED, 'Permission denied');
    return true;
  };
  const tellAttributes = (id: number, path: string): void => {
    const entry = files.at(path);
    if (entry === undefined) missing(id);
    else sftp.attrs(id, attributesOf(entry));
  };

  sftp.on('REALPATH', (id, path) =>
    later(() => {
      const filename = files.resolve(path);
      sftp.name(id, [{ filename, longname: filename, attrs: noAttributes }]);
    }),
  );
  sftp.on('STAT', (id, path) => later(() => tellAttributes(id, path)));
  sftp.on('LSTAT', (id, path) => later(() => tellAttributes(id, path)));
  sftp.on('FSTAT', (id, handle) => later(() => tellAttributes(id, openedBy(handle)?.path ?? '')));
  sftp.on('SETSTAT', (id) => later(() => say(id, STATUS_CODE.OK)));
  sftp.on('FSETSTAT', (id) => later(() => say(id, STATUS_CODE.OK)));

  sftp.on('OPENDIR', (id, path) =>
    later(() => {
      const found = files.at(path)?.kind === 'folder';
      note('LIST', files.resolve(path), found);
      if (!found) missing(id);
      else sftp.handle(id, handleFor({ path, rest: files.list(path) }));
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    later(() => {
      const some = openedBy(handle)?.rest?.splice(0, namesAtOnce) ?? [];
      if (some.length === 0) say(id, STATUS_CODE.EOF);
      else sftp.name(id, some.map(toName));
    }),
  );

  sftp.on('OPEN', (id, path, flags) =>
    later(() => {
      const entry = files.at(path);
      const writes = (flags & OPEN_MODE.WRITE) !== 0;
      note(writes ? 'WRITE' : 'READ', files.resolve(path), writes ? mayWrite() : entry?.kind === 'file');
      if (writes) {
        if (readOnly(id)) return;
        const keeps = entry?.kind === 'file' && (flags & OPEN_MODE.TRUNC) === 0;
        if (entry?.kind === 'folder' || (!keeps && !files.write(path, Buffer.alloc(0)))) return missing(id);
      } else if (entry?.kind !== 'file') return missing(id);
      sftp.handle(id, handleFor({ path, rest: null }));
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    later(() => {
      const entry = files.at(openedBy(handle)?.path ?? '/');
      if (entry?.kind !== 'file') missing(id);
      else if (offset >= entry.content.length) say(id, STATUS_CODE.EOF);
      else sftp.data(id, entry.content.subarray(offset, offset + length));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    later(() => {
      const path = openedBy(handle)?.path ?? '/';
      const entry = files.at(path);
      if (entry?.kind !== 'file' || offset + data.length > largest) {
        say(id, STATUS_CODE.FAILURE, 'Failure');
        return;
      }
      const content = Buffer.alloc(Math.max(entry.content.length, offset + data.length));
      entry.content.copy(content);
      data.copy(content, offset);
      files.write(path, content);
      say(id, STATUS_CODE.OK);
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    later(() => {
      const known = openedBy(handle) !== undefined && open.delete(handle.readUInt32BE(0));
      say(id, known ? STATUS_CODE.OK : STATUS_CODE.FAILURE);
    }),
  );

  sftp.on('REMOVE', (id, path) =>
    later(() => {
      note('REMOVE', files.resolve(path), mayWrite());
      if (readOnly(id)) return;
      if (files.at(path)?.kind !== 'file') return missing(id);
      files.remove(path);
      say(id, STATUS_CODE.OK);
    }),
  );
  sftp.on('RENAME', (id, from, to) =>
    later(() => {
      note('RENAME', files.resolve(to), mayWrite() && files.at(to) === undefined);
      if (readOnly(id)) return;
      const entry = files.at(from);
      if (entry?.kind !== 'file') return missing(id);
      // Version 3 of the protocol never replaces a file.
      if (files.at(to) !== undefined || !files.write(to, entry.content)) {
        say(id, STATUS_CODE.FAILURE, 'Failure');
        return;
      }
      files.remove(from);
      say(id, STATUS_CODE.OK);
    }),
  );
  sftp.on('MKDIR', (id, path) =>
    later(() => {
      if (readOnly(id)) return;
      files.makeFolder(path);
      say(id, STATUS_CODE.OK);
    }),
  );
}

const noAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf(entry: Entry): Attributes {
  const seconds = Math.floor(entry.modifiedAt / 1_000);
  const size = entry.kind === 'file' ? entry.content.length : 0;
  const mode = entry.kind === 'file' ? 0o100644 : 0o040755;
  return { mode, uid: 1_000, gid: 1_000, size, atime: seconds, mtime: seconds };
}

function toName([filename, entry]: [string, Entry]): {
  filename: string;
  longname: string;
  attrs: Attributes;
} {
  const attrs = attributesOf(entry);
  const rights = entry.kind === 'file' ? '-rw-r--r--' : 'drwxr-xr-x';
  return { filename, longname: `${rights} 1 user group ${attrs.size} Jan 1 00:00 ${filename}`, attrs };
}
