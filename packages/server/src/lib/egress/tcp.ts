import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext, rootCertificates } from 'node:tls';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { CheckLog, PlannedStep, StepOutcome } from '../check-log.ts';
import { isPublicAddress } from './address.ts';
import type { EgressAllow } from './allow-list.ts';
import { tcpOptions } from './connector.ts';
import type { Deadline } from './deadline.ts';
import { EgressError } from './errors.ts';
import { blocked, literalAddress, mayReach, resolveAllowed, systemLookup } from './guard.ts';
import type { Lookup } from './guard.ts';
import { tlsFailure } from './tls-failure.ts';

export interface DialerOptions {
  allow: EgressAllow;
  lookup?: Lookup;
  /** Certificate authorities to trust beside those that Node brings, in PEM. */
  ca?: string;
  /** Steady ms for durations and deadlines. Default `performance.now`. */
  clock?: () => number;
  /** The date, against which certificates are judged that end soon. Default the present. */
  now?: () => Date;
}

/** Where to connect to. */
export interface DialTarget {
  /** A name, or an address; IPv6 with or without brackets. */
  host: string;
  port: number;
  /** TLS from the first byte. */
  tls: boolean;
  /**
   * Without TLS from the first byte, it may go to a public address too: for protocols that encrypt by themselves or
   * later, and where the user chose to go without. Private addresses take the allow list in any case.
   */
  plain?: boolean;
  /** Protocols to offer inside TLS. */
  alpn?: readonly string[];
}

const hostName = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?$/;
/** A certificate that ends before is worth a warning. */
const warnDays = 14;
const dayMs = 86_400_000;
const closedEarly = 'The server closed the connection during the TLS handshake.';

/** The steps that `Dialer.open` takes, to plan a check with. */
export function dialSteps(target: Pick<DialTarget, 'host' | 'port' | 'tls'>): PlannedStep[] {
  const steps: PlannedStep[] = [
    { key: 'dns', label: `Resolve ${target.host}` },
    { key: 'tcp', label: `Connect to port ${target.port}` },
  ];
  if (target.tls) steps.push(tlsStep);
  return steps;
}

/** The step that switches encryption on. */
export const tlsStep: PlannedStep = { key: 'tls', label: 'Encrypt the connection (TLS)' };

/**
 * The guarded way out for any protocol over TCP: resolves the name, wants every address to be allowed, connects to one
 * of those and nothing else, and encrypts with the name in SNI and certificate check, which nothing switches off.
 */
export class Dialer {
  readonly clock: () => number;
  readonly #allow: EgressAllow;
  readonly #lookup: Lookup;
  readonly #ca: string | undefined;
  readonly #now: () => Date;
  #context: SecureContext | undefined;

  constructor(options: DialerOptions) {
    this.#allow = options.allow;
    this.#lookup = options.lookup ?? systemLookup;
    this.#ca = options.ca;
    this.clock = options.clock ?? (() => performance.now());
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Opens a connection, step by step: `dns`, `tcp` and, if the target wants it, `tls`. The socket is the caller's to
   * destroy; an error on it that nobody listens for is ignored.
   *
   * @throws EgressError `dns`, `blocked`, `connect`, `tls`, `timeout` or `aborted`; nothing was sent then
   */
  async open(target: DialTarget, deadline: Deadline, log: CheckLog): Promise<Socket> {
    const reachable = target.tls || target.plain === true;
    const { host, addresses } = await log.run('dns', async () => {
      const host = readHost(target.host);
      const addresses = await deadline.limit(
        resolveAllowed(host, target.port, reachable, this.#allow, this.#lookup),
        'The name was not resolved in time.',
      );
      return { value: { host, addresses }, detail: addressWords(target.host, addresses) };
    });
    const socket = await log.run('tcp', async () => ({
      value: await this.#connect(host, target.port, addresses, reachable, deadline),
      detail: 'The server accepts connections.',
    }));
    if (!target.tls) return socket;
    return log.run('tls', () => this.#secure(socket, host, target.alpn, deadline));
  }

  /** How to encrypt a connection to this host: strictly. For protocols that do so in mid-connection. */
  tlsOptions(host: string): ConnectionOptions {
    const literal = literalAddress(host);
    const name = literal ?? readHost(host).replace(/\.$/, '');
    const options: ConnectionOptions = { rejectUnauthorized: true, host: name };
    if (literal === null) options.servername = name;
    if (this.#ca !== undefined) {
      this.#context ??= createSecureContext({ ca: [...rootCertificates, this.#ca] });
      options.secureContext = this.#context;
    }
    return options;
  }

  /** What to say about an encrypted connection: the version, and how long the certificate lasts. */
  describeTls(socket: TLSSocket): Omit<StepOutcome<TLSSocket>, 'value'> {
    const version = socket.getProtocol() ?? 'TLS';
    const validTo = Date.parse(socket.getPeerCertificate().valid_to);
    const date = new Date(validTo).toISOString().slice(0, 10);
    const days = Math.floor((validTo - this.#now().getTime()) / dayMs);
    if (days >= warnDays)
      return { detail: `${version}; the certificate is trusted and valid until ${date}.` };
    return {
      detail: `${version}; the certificate ends in ${days} ${days === 1 ? 'day' : 'days'}, on ${date}: have it renewed.`,
      warning: true,
    };
  }

  #connect(
    host: string,
    port: number,
    addresses: readonly string[],
    reachable: boolean,
    deadline: Deadline,
  ): Promise<Socket> {
    const socket = connectTcp(tcpOptions(host, port, addresses));
    socket.setNoDelay(true);
    const connected = new Promise<Socket>((resolve, reject) => {
      socket.on('error', (error) => reject(connectFailure(error)));
      socket.once('connect', () => {
        const remote = socket.remoteAddress;
        // What was really reached is judged once more, whatever chose between the addresses.
        if (remote !== undefined && mayReach(remote, port, reachable, this.#allow)) resolve(socket);
        else {
          socket.destroy();
          reject(remote === undefined ? connectFailure(null) : blocked());
        }
      });
    });
    const late = 'The server does not answer: it is down, or a firewall is in the way.';
    return deadline.limit(connected, late, () => socket.destroy());
  }

  async #secure(
    socket: Socket,
    host: string,
    alpn: readonly string[] | undefined,
    deadline: Deadline,
  ): Promise<StepOutcome<Socket>> {
    const options = this.tlsOptions(host);
    const secure = connectTls({ ...options, socket, ...(alpn && { ALPNProtocols: [...alpn] }) });
    const ready = new Promise<TLSSocket>((resolve, reject) => {
      secure.on('error', (error) => reject(tlsFailure(error, host)));
      secure.once('close', () => reject(new EgressError('tls', closedEarly, false, 'ECONNRESET')));
      secure.once('secureConnect', () => resolve(secure));
    });
    const late = 'The server did not finish the TLS handshake in time.';
    try {
      const value = await deadline.limit(ready, late, () => secure.destroy());
      return { value, ...this.describeTls(value) };
    } catch (error) {
      secure.destroy();
      throw error;
    }
  }
}

/**
 * The host as the resolver takes it: an address, or a name in ASCII.
 *
 * @throws EgressError `dns`
 */
function readHost(host: string): string {
  const literal = literalAddress(host);
  if (literal !== null) return literal;
  const ascii = domainToASCII(host);
  if (ascii === '' || ascii.length > 254 || !hostName.test(ascii)) {
    throw new EgressError('dns', 'This is not the name of a host.');
  }
  return ascii;
}

/** Public addresses by themselves; others say too much about the network that this runs in. */
function addressWords(host: string, addresses: readonly string[]): string {
  if (literalAddress(host) !== null) return 'An address needs no resolving.';
  if (!addresses.every(isPublicAddress)) return 'The name leads to an address that the operator allows.';
  return `The name leads to ${addresses.slice(0, 4).join(', ')}${addresses.length > 4 ? ', …' : ''}.`;
}

function connectFailure(error: Error | null): EgressError {
  const code = error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
  const message =
    code === 'ECONNREFUSED'
      ? 'The server refuses the connection: nothing listens on this port.'
      : 'The server cannot be reached.';
  return code === 'ETIMEDOUT'
    ? new EgressError('timeout', 'The server does not answer.')
    : new EgressError('connect', message, false, code);
}
