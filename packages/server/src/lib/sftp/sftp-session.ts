import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, Client, FileEntryWithStats, ParsedKey, SFTPWrapper } from 'ssh2';
import type { CheckLog, StepOutcome } from '../check-log.ts';
import type { Deadline } from '../egress/deadline.ts';
import { EgressError } from '../egress/errors.ts';
import type { Dialer } from '../egress/tcp.ts';
import { RefusedError } from '../probe.ts';
import { sftpFailure } from './sftp-failure.ts';
import { checkFileName, readFingerprints, readPrivateKey } from './sftp-server.ts';
import type { SftpServer } from './sftp-server.ts';

/** What stands in a folder. */
export interface RemoteFile {
  name: string;
  kind: 'file' | 'folder' | 'other';
  bytes: number;
  modifiedAt: Date;
}

const mostEntries = 10_000;
const goodbyeMs = 1_000;

/** One SFTP session over a guarded connection. Every wait has the session's deadline. */
export class SftpSession {
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #deadline: Deadline;
  #sftp: SFTPWrapper | null = null;
  #hostKey: string | null = null;
  #broken: Error | null = null;
  #onBroken: (error: Error) => void = () => undefined;

  private constructor(client: Client, socket: Socket, deadline: Deadline) {
    this.#client = client;
    this.#socket = socket;
    this.#deadline = deadline;
    client.on('error', (error: Error) => this.#break(error));
    client.on('close', () => this.#break(new Error('closed')));
  }

  /**
   * Connects, compares the host key, and logs in.
   *
   * @throws EgressError or RefusedError, from the step that failed
   */
  static async open(
    server: SftpServer,
    dialer: Dialer,
    deadline: Deadline,
    log: CheckLog,
    onHostKey: (fingerprint: string) => void = () => undefined,
  ): Promise<SftpSession> {
    const privateKey = await log.run('values', async () => ({
      value: readPrivateKey(server),
      detail: 'They can be used.',
    }));
    const { host, port } = server;
    const socket = await dialer.open({ host, port, tls: false, plain: true }, deadline, log);
    const client = new ssh2.Client();
    const session = new SftpSession(client, socket, deadline);
    try {
      const ready = new Promise<void>((resolve) => {
        client.once('ready', resolve);
      });
      await log.run('greeting', () =>
        session.#wait<StepOutcome<null>>('Shaking hands', (resolve, reject) => {
          client.connect({
            sock: socket,
            username: server.username,
            authHandler: waysToLogIn(server, privateKey),
            // Our own deadline is the one that counts.
            readyTimeout: 0,
            hostVerifier: (key: Buffer) => {
              const shown = fingerprintOf(key);
              session.#hostKey = shown;
              onHostKey(shown);
              const outcome = judgeHostKey(shown, typeOf(key), server.hostKey);
              if (outcome instanceof RefusedError) reject(outcome);
              else resolve(outcome);
              return !(outcome instanceof RefusedError);
            },
          });
        }),
      );
      await log.run('authentication', async () => {
        await session.#wait<void>('Logging in', (resolve, reject) => {
          ready.then(resolve, reject);
        });
        session.#sftp = await session.#wait<SFTPWrapper>('Starting SFTP', (resolve, reject) =>
          client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))),
        );
        return { value: null, detail: `The server accepts ${server.username}.` };
      });
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /** What the server showed. */
  get hostKey(): string {
    return this.#hostKey!;
  }

  /** Everything in a folder but itself and its parent; at most ten thousand entries. */
  async list(folder: string): Promise<RemoteFile[]> {
    const doing = `The folder ${folder}`;
    const handle = await this.#call<Buffer>(doing, (sftp, done) => sftp.opendir(folder, done));
    const entries: FileEntryWithStats[] = [];
    while (entries.length < mostEntries) {
      const some = await this.#call<FileEntryWithStats[] | null>(doing, (sftp, done) =>
        sftp.readdir(handle, (error, list) => (isEnd(error) ? done(undefined, null) : done(error, list))),
      );
      if (some === null) break;
      entries.push(...some);
    }
    await this.#call<void>(doing, (sftp, done) => sftp.close(handle, done));
    return entries
      .filter(({ filename }) => filename !== '.' && filename !== '..')
      .slice(0, mostEntries)
      .map(toRemoteFile);
  }

  /**
   * Stores a file so that nobody ever sees half of it: under a temporary name first, whose size is then compared, and
   * renamed last. A file of the same name is replaced only if asked for.
   *
   * @throws EgressError or RefusedError; with `sent`, the file may be there under its name
   */
  async upload(folder: string, name: string, content: Buffer, replace = false): Promise<void> {
    const path = joined(folder, checkFileName(name));
    const temporary = joined(folder, `.${name}.part`);
    const doing = `Storing ${name}`;
    try {
      await this.#call<void>(doing, (sftp, done) => sftp.writeFile(temporary, content, done));
      const { size } = await this.#call<{ size: number }>(doing, (sftp, done) => sftp.stat(temporary, done));
      if (size !== content.length) {
        throw new RefusedError(
          `${doing}: the server kept ${size} of ${content.length} bytes.`,
          'short write',
        );
      }
      if (!replace && (await this.#exists(path))) {
        throw new RefusedError(`${doing}: there is a file of this name already.`, 'File exists');
      }
      await this.#call<void>(
        doing,
        (sftp, done) =>
          replace ? renameOver(sftp, temporary, path, done) : sftp.rename(temporary, path, done),
        true,
      );
    } catch (error) {
      // The server still answers, so it can be asked to clear up.
      if (error instanceof RefusedError) this.#sftp!.unlink(temporary, () => undefined);
      throw error;
    }
  }

  /**
   * Fetches a file of at most this size.
   *
   * @throws EgressError `too_large` and others, or RefusedError
   */
  async download(folder: string, name: string, maxBytes: number): Promise<Buffer> {
    const path = joined(folder, checkFileName(name));
    const doing = `Fetching ${name}`;
    const { size } = await this.#call<{ size: number }>(doing, (sftp, done) => sftp.stat(path, done));
    if (size > maxBytes) throw tooLarge(maxBytes);
    // What the server says about the size is not to be relied on.
    return this.#wait<Buffer>(doing, (resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const stream = this.#sftp!.createReadStream(path);
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= maxBytes) chunks.push(chunk);
        else {
          stream.destroy();
          reject(tooLarge(maxBytes));
        }
      });
      stream.on('error', reject);
      stream.on('end', () => resolve(Buffer.concat(chunks)));
    });
  }

  /** Deletes a file. */
  async delete(folder: string, name: string): Promise<void> {
    const path = joined(folder, checkFileName(name));
    await this.#call<void>(`Deleting ${name}`, (sftp, done) => sftp.unlink(path, done), true);
  }

  /** Says goodbye and ends the connection. */
  close(): void {
    const timer = setTimeout(() => this.destroy(), goodbyeMs);
    this.#client.once('close', () => clearTimeout(timer));
    this.#client.end();
  }

  /** Ends the connection. */
  destroy(): void {
    this.#client.destroy();
    // The client leaves a socket alone that it has ended, and then the other side may keep it open.
    this.#socket.destroy();
  }

  async #exists(path: string): Promise<boolean> {
    try {
      await this.#call(`Looking for a file of this name`, (sftp, done) => sftp.stat(path, done));
      return true;
    } catch (error) {
      if (error instanceof RefusedError && error.text === 'No such file') return false;
      throw error;
    }
  }

  #call<T>(
    doing: string,
    start: (sftp: SFTPWrapper, done: (error: Error | null | undefined, value?: T) => void) => void,
    changes = false,
  ): Promise<T> {
    return this.#wait<T>(
      doing,
      (resolve, reject) =>
        start(this.#sftp!, (error, value) => (error ? reject(error) : resolve(value as T))),
      changes,
    );
  }

  /** Waits for something that the connection may not outlive. */
  async #wait<T>(
    doing: string,
    start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
    changes = false,
  ): Promise<T> {
    const work = new Promise<T>((resolve, reject) => {
      this.#onBroken = reject;
      if (this.#broken !== null) reject(this.#broken);
      else start(resolve, reject);
    });
    try {
      return await this.#deadline.limit(work, `${doing}: no answer in time.`, () => this.destroy());
    } catch (error) {
      throw sftpFailure(error, doing, changes);
    }
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#onBroken(this.#broken);
  }
}

/** As OpenSSH writes it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The first field of a public key in SSH's form is its type. */
function typeOf(key: Buffer): string {
  const type = key.length > 4 ? key.toString('latin1', 4, 4 + Math.min(64, key.readUInt32BE(0))) : '';
  return /^[\w.@-]+$/.test(type) ? type : 'unknown';
}

function judgeHostKey(
  shown: string,
  type: string,
  expected: string | null,
): StepOutcome<null> | RefusedError {
  if (expected === null) {
    const detail = `The server shows the host key ${shown} (${type}). Compare it with what its operator says.`;
    return { value: null, detail, warning: true };
  }
  if (readFingerprints(expected).includes(shown)) {
    return { value: null, detail: `The host key is the expected one, ${shown} (${type}).` };
  }
  const message = `The server shows another host key than expected: ${shown} (${type}) instead of ${expected}. It may be another server, or show a key of another type: ask its operator for the fingerprint of each.`;
  return new RefusedError(message, `Host denied: ${message}`);
}

/** What there is, the strongest first. */
function waysToLogIn({ username, password }: SftpServer, key: ParsedKey | null): AnyAuthMethod[] {
  const ways: AnyAuthMethod[] = [];
  if (key !== null) ways.push({ type: 'publickey', username, key });
  if (password === null) return ways;
  ways.push({ type: 'password', username, password });
  // Some servers ask for the password by a question instead.
  ways.push({
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(({ echo }) => (echo === true ? '' : password))),
  });
  return ways;
}

function renameOver(
  sftp: SFTPWrapper,
  from: string,
  to: string,
  done: (error: Error | null | undefined) => void,
): void {
  try {
    sftp.ext_openssh_rename(from, to, done);
  } catch {
    // The server has only the rename that refuses to replace.
    sftp.unlink(to, () => sftp.rename(from, to, done));
  }
}

function isEnd(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 1;
}

function toRemoteFile({ filename, attrs }: FileEntryWithStats): RemoteFile {
  const kind = attrs.isFile() ? 'file' : attrs.isDirectory() ? 'folder' : 'other';
  return { name: filename, kind, bytes: attrs.size, modifiedAt: new Date(attrs.mtime * 1_000) };
}

function joined(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

function tooLarge(maxBytes: number): EgressError {
  return new EgressError('too_large', `The file is larger than ${maxBytes} bytes.`);
}
