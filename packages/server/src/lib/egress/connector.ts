import { connect as connectTcp } from 'node:net';
import type { LookupFunction, Socket, TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { EgressAllow } from './allow-list.ts';
import { EgressError } from './errors.ts';
import { portOf } from './check-url.ts';
import { blocked, literalAddress, mayReach, resolveAllowed } from './guard.ts';
import type { Lookup } from './guard.ts';

export interface ConnectorOptions {
  allow: EgressAllow;
  lookup: Lookup;
  /** Time for the name, TCP and TLS together. */
  timeoutMs: number;
  /** Certificate authorities to trust instead of the system's, in PEM. */
  ca?: string | undefined;
}

/** Takes what arrives; the bytes are only lent. */
export type OnRead = (length: number, bytes: Buffer) => void;
export type OnConnected = (
  ...outcome: [error: EgressError, socket: null] | [error: null, socket: Socket]
) => void;
/** Opens a connection to a URL's origin. What arrives on it goes to `onRead`, not to a `data` listener. */
export type Connect = (url: URL, onRead: OnRead, callback: OnConnected) => void;

/**
 * One buffer for the reads of all plain connections: each read is handed over before the next one starts. Windows
 * reads ahead, so that there every connection has its own.
 */
const readSize = 64 * 1024;
const sharedBuffer = Buffer.allocUnsafeSlow(readSize);
const readBuffer = (): Buffer =>
  process.platform === 'win32' ? Buffer.allocUnsafeSlow(readSize) : sharedBuffer;

/** TLS sessions kept for resumption; each is a few kilobytes. */
const maxSessions = 500;

/**
 * The guarded way out: resolves the name, checks every address, and connects to a checked address and nothing
 * else, with the name in SNI and certificate check. A literal address is checked here too, since Node asks no
 * lookup function for one. Calls back with an EgressError on any failure. Proxy variables play no part.
 */
export function createConnector(options: ConnectorOptions): Connect {
  const lookup = sharing(options.lookup);
  const sessions = new Map<string, Buffer>();

  return (url, onRead, callback) => {
    const { hostname } = url;
    const secure = url.protocol === 'https:';
    const port = portOf(url);
    let socket: Socket | null = null;
    let settled = false;

    const fail = (error: EgressError): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket?.destroy();
      callback(error, null);
    };
    const timer = setTimeout(
      () => fail(new EgressError('timeout', 'The connection could not be made in time.')),
      options.timeoutMs,
    );

    const open = (addresses: readonly string[]): void => {
      if (settled) return;
      const tcp = tcpOptions(hostname, port, addresses);
      const opened = secure ? openTls(tcp, hostname, port, onRead) : openTcp(tcp, onRead);
      socket = opened;
      let reached = false;
      const onReached = (): void => {
        reached = true;
      };
      // Stays on: destroying a socket may still make it report an error.
      const onError = (): void => fail(failure(reached && secure));
      const onReady = (): void => {
        if (settled) return;
        const remote = opened.remoteAddress;
        // What was really reached is judged once more, whatever chose between the addresses.
        if (remote === undefined) return fail(failure(false));
        if (!mayReach(remote, port, secure, options.allow)) return fail(blocked());
        settled = true;
        clearTimeout(timer);
        opened.removeListener('connect', onReached);
        callback(null, opened);
        opened.removeListener('error', onError);
      };
      opened.setNoDelay(true);
      opened.setKeepAlive(true, 60_000);
      opened.on('connect', onReached);
      opened.on('error', onError);
      opened.once(secure ? 'secureConnect' : 'connect', onReady);
    };

    resolveAllowed(hostname, port, secure, options.allow, lookup)
      .then(open)
      .catch((error: unknown) => {
        fail(error instanceof EgressError ? error : failure(false));
      });
  };

  function openTls(tcp: TcpNetConnectOpts, hostname: string, port: number, onRead: OnRead): TLSSocket {
    const name = literalAddress(hostname) === null ? hostname.replace(/\.$/, '') : undefined;
    const key = `${name ?? hostname}:${port}`;
    const session = sessions.get(key);
    const tls: ConnectionOptions = { ...tcp, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true };
    if (name !== undefined) tls.servername = name;
    if (session !== undefined) tls.session = session;
    if (options.ca !== undefined) tls.ca = options.ca;
    const socket = connectTls(tls);
    socket.on('data', (bytes: Buffer) => onRead(bytes.length, bytes));
    socket.on('session', (fresh) => {
      sessions.delete(key);
      sessions.set(key, fresh);
      if (sessions.size > maxSessions) sessions.delete(sessions.keys().next().value!);
    });
    return socket;
  }
}

function openTcp(tcp: TcpNetConnectOpts, onRead: OnRead): Socket {
  const callback = (length: number, bytes: Uint8Array): boolean => {
    onRead(length, bytes as Buffer);
    return true;
  };
  return connectTcp({ ...tcp, onread: { buffer: readBuffer(), callback } });
}

/** One address is dialled as it is; of several Node tries one after another, from our list. */
export function tcpOptions(hostname: string, port: number, addresses: readonly string[]): TcpNetConnectOpts {
  const highWaterMark = 64 * 1024;
  if (addresses.length === 1) return { host: addresses[0]!, port, highWaterMark } as TcpNetConnectOpts;
  const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup: LookupFunction = (_name, _options, answer) => answer(null, answers);
  return { host: hostname, port, lookup, autoSelectFamily: true, highWaterMark } as TcpNetConnectOpts;
}

function failure(tls: boolean): EgressError {
  return tls
    ? new EgressError(
        'tls',
        'No secure connection: the TLS handshake failed or the certificate is not trusted.',
      )
    : new EgressError('connect', 'The endpoint does not accept connections.');
}

/** Connections that open together ask for their name once; nothing is kept after the answer. */
function sharing(lookup: Lookup): Lookup {
  const asked = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const pending = asked.get(hostname);
    if (pending !== undefined) return pending;
    const answer = lookup(hostname).finally(() => asked.delete(hostname));
    asked.set(hostname, answer);
    return answer;
  };
}
