import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server as Listener, Socket } from 'node:net';
import { posix } from 'node:path';
import ssh2 from 'ssh2';
import type { AuthContext, Connection } from 'ssh2';
import { MemoryFiles } from './sftp-files.ts';
import { serveSftp } from './sftp-protocol.ts';
import { makeSshKey } from './ssh-key.ts';
import { Visits } from './visits.ts';
import type { Visit } from './visits.ts';

/** How the server looks from outside, switchable at any time. */
export const sftpConditions = [
  'healthy',
  'wrongPassword',
  'changedHostKey',
  'readOnly',
  'slow',
  'hang',
  'down',
] as const;
export type SftpCondition = (typeof sftpConditions)[number];

/** What each means, for the people at the control page. */
export const sftpConditionMeanings: Record<SftpCondition, string> = {
  healthy: 'Lets in those with the right password or key.',
  wrongPassword: 'Refuses every login.',
  changedHostKey: 'Shows another host key, as another server would.',
  readOnly: 'Lets nobody write.',
  slow: 'Takes its time for every answer.',
  hang: 'Takes the connection and never says a word.',
  down: 'Refuses connections.',
};

export interface SftpSimulatorOptions {
  /** Null: any. */
  username: string | null;
  /** Null: no login by password. */
  password: string | null;
  /** Public keys that may log in, in OpenSSH's form. */
  publicKeys?: readonly string[];
  /** Folders that are there from the beginning, below `/`. */
  folders?: readonly string[];
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  ports?: { sftp?: number };
  /** Before each answer in the condition `slow`. Default 2,000. */
  slowMs?: number;
}

export interface SftpSimulator {
  host: string;
  ports: { sftp: number };
  /** Of the host key that it shows now: `SHA256:` and base64. */
  fingerprint(): string;
  condition(): SftpCondition;
  setCondition(condition: SftpCondition): Promise<void>;
  /** Every file, with its whole path. */
  files(): ReadonlyMap<string, Buffer>;
  /** Files with the time of their last change, in milliseconds since the epoch; newest first. */
  stored(): { path: string; content: Buffer; modifiedAt: number }[];
  /** Puts a file there, as the other side would; its folder is made. */
  put(path: string, content: Buffer | string): void;
  /** Who came and what became of it, newest first. */
  visits(): Visit[];
  close(): Promise<void>;
}

/** A file server for trying things out, in memory: logins that are really checked, and conditions on command. */
export async function startSftpSimulator(options: SftpSimulatorOptions): Promise<SftpSimulator> {
  const { host = '127.0.0.1', slowMs = 2_000 } = options;
  const keys = { usual: hostKey(), other: hostKey() };
  const files = new MemoryFiles(options.folders ?? []);
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const visits = new Visits();
  const servers = {
    usual: new ssh2.Server({ hostKeys: [keys.usual.privateKey] }, onConnection),
    other: new ssh2.Server({ hostKeys: [keys.other.privateKey] }, onConnection),
  };
  let condition: SftpCondition = 'healthy';
  let port = options.ports?.sftp ?? 0;
  let listener: Listener | null = null;

  const later = (next: () => void): void => {
    if (condition !== 'slow') return next();
    const timer = setTimeout(() => {
      timers.delete(timer);
      next();
    }, slowMs);
    timers.add(timer);
  };
  const shown = (): 'usual' | 'other' => (condition === 'changedHostKey' ? 'other' : 'usual');

  function onConnection(connection: Connection): void {
    // What a client does to its connection is its own affair.
    connection.on('error', () => undefined);
    connection.on('authentication', (context) =>
      later(() => {
        const admitted = condition !== 'wrongPassword' && mayLogIn(context, options);
        if (isAttempt(context)) {
          const words = `${context.username} by ${context.method}`;
          visits.note('LOGIN', words, admitted ? 'accepted' : 'refused', admitted);
        }
        if (admitted) context.accept();
        else context.reject(['password', 'publickey']);
      }),
    );
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => {
        serveSftp(acceptSftp(), files, {
          later,
          mayWrite: () => condition !== 'readOnly',
          note: (verb, path, done) => visits.note(verb, path, done ? 'done' : 'refused', done),
        });
      });
    });
  }

  function onSocket(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const silent = condition === 'hang';
    visits.note('CONNECT', '', silent ? 'no greeting' : 'greeted', !silent);
    if (!silent) servers[shown()].injectSocket(socket);
  }

  async function listen(): Promise<void> {
    listener = createServer(onSocket).listen(port, host);
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    const stopping = listener;
    listener = null;
    if (stopping === null) return;
    const closed = once(stopping, 'close');
    stopping.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await listen();
  return {
    host,
    ports: { sftp: port },
    fingerprint: () => keys[shown()].fingerprint,
    condition: () => condition,
    setCondition: async (next) => {
      condition = next;
      if (next === 'down') await stop();
      else if (listener === null) await listen();
    },
    files: () => files.all(),
    stored: () => files.stored(),
    put: (path, content) => {
      files.makeFolder(posix.dirname(files.resolve(path)));
      files.write(path, Buffer.from(content));
    },
    visits: () => visits.latest,
    close: stop,
  };
}

/** Whether somebody really tries to get in: a client first asks for the ways, and whether a key would do. */
function isAttempt(context: AuthContext): boolean {
  return context.method === 'password' || (context.method === 'publickey' && context.signature !== undefined);
}

function mayLogIn(context: AuthContext, options: SftpSimulatorOptions): boolean {
  if (options.username !== null && context.username !== options.username) return false;
  if (context.method === 'password') return context.password === options.password;
  if (context.method !== 'publickey') return false;
  const known = (options.publicKeys ?? [])
    .map((key) => ssh2.utils.parseKey(key))
    .find((key) => !(key instanceof Error) && key.getPublicSSH().equals(context.key.data));
  if (known === undefined || known instanceof Error) return false;
  // At first the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  // An unusable signature gives an error, which the types do not say.
  const verdict: unknown = known.verify(context.blob, context.signature, context.hashAlgo);
  return verdict === true;
}

function hostKey(): { privateKey: string; fingerprint: string } {
  const { private: privateKey, public: publicKey } = makeSshKey();
  const key = Buffer.from(publicKey.split(' ')[1]!, 'base64');
  const hash = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return { privateKey, fingerprint: `SHA256:${hash}` };
}
