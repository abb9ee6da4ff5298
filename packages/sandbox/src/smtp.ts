import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { createAuthority, selfSigned } from './certificates.ts';
import type { KeyedCertificate } from './certificates.ts';
import { Visits } from './visits.ts';
import type { Visit } from './visits.ts';

/** How the mail server looks from outside, switchable at any time. */
export const smtpConditions = [
  'healthy',
  'wrongPassword',
  'greylisting',
  'mailboxRefused',
  'slow',
  'hangBeforeGreeting',
  'hangAfterData',
  'expiredCertificate',
  'selfSignedCertificate',
  'wrongNameCertificate',
  'down',
] as const;
export type SmtpCondition = (typeof smtpConditions)[number];

/** What each means, for the people at the control page. */
export const smtpConditionMeanings: Record<SmtpCondition, string> = {
  healthy: 'Takes mail from those who know the password.',
  wrongPassword: 'Refuses every login (535).',
  greylisting: 'Asks to try again later for every recipient (451).',
  mailboxRefused: 'Knows no recipient (550).',
  slow: 'Takes its time for every answer.',
  hangBeforeGreeting: 'Takes the connection and never says a word.',
  hangAfterData: 'Takes the whole message and never confirms it.',
  expiredCertificate: 'Shows a certificate that has expired.',
  selfSignedCertificate: 'Shows a certificate that nobody vouches for.',
  wrongNameCertificate: 'Shows a certificate for another name.',
  down: 'Refuses connections.',
};

/** How a listener encrypts: after STARTTLS, from the first byte, or never. */
export const smtpListeners = ['starttls', 'tls', 'plain'] as const;
export type SmtpListener = (typeof smtpListeners)[number];

export interface SmtpSimulatorOptions {
  /** Whether this is somebody's user name and password. */
  authenticate: (username: string, password: string) => boolean | Promise<boolean>;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: free ones. */
  ports?: Partial<Record<SmtpListener, number>>;
  /** Names and IPv4 addresses in the certificate. Default: localhost and the host. */
  names?: readonly [string, ...string[]];
  /** Before each answer in the condition `slow`. Default 2,000. */
  slowMs?: number;
}

/** A message that was taken. In the condition `hangAfterData` it was taken too. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they came. */
  source: string;
  username: string | null;
  via: SmtpListener;
  at: string;
}

export interface SmtpSimulator {
  host: string;
  ports: Record<SmtpListener, number>;
  /** The authority of its certificate, in PEM. */
  ca: string;
  condition(): SmtpCondition;
  setCondition(condition: SmtpCondition): Promise<void>;
  /** Oldest first, at most the latest thousand. */
  messages(): readonly ReceivedMail[];
  /** Who came and what became of it, newest first. */
  visits(): Visit[];
  close(): Promise<void>;
}

const kept = 1_000;
const largest = 10 * 1_048_576;
const dayMs = 86_400_000;
const otherName = 'mail.elsewhere.example';

/**
 * A mail server for trying things out: three ports, logins that are really checked, and conditions on command. It
 * keeps the messages in memory and passes none on.
 */
export async function startSmtpSimulator(options: SmtpSimulatorOptions): Promise<SmtpSimulator> {
  const { host = '127.0.0.1', slowMs = 2_000 } = options;
  const certificates = certificatesFor(options.names ?? ['localhost', host]);
  const messages: ReceivedMail[] = [];
  const visits = new Visits();
  const timers = new Set<NodeJS.Timeout>();
  let condition: SmtpCondition = 'healthy';

  /** Goes on now, later, or never. */
  const then = (hang: boolean, next: () => void): void => {
    if (hang) return;
    if (condition !== 'slow') return next();
    const timer = setTimeout(() => {
      timers.delete(timer);
      next();
    }, slowMs);
    timers.add(timer);
  };

  function optionsOf(via: SmtpListener): SMTPServerOptions {
    return {
      name: 'mail.sandbox.example',
      banner: 'sandbox',
      secure: via === 'tls',
      hideSTARTTLS: via !== 'starttls',
      ...(via === 'plain' && { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
      hideENHANCEDSTATUSCODES: false,
      disableReverseLookup: true,
      size: largest,
      rejectOversized: true,
      closeTimeout: 1,
      logger: false,
      ...certificates.valid,
      onConnect: (_session, callback) => {
        const silent = condition === 'hangBeforeGreeting';
        visits.note('CONNECT', via, silent ? 'no greeting' : '220', !silent);
        then(silent, () => callback());
      },
      onAuth: (auth, _session, callback) => {
        void (async () => {
          const { username = '', password } = auth;
          const known =
            condition !== 'wrongPassword' && (await options.authenticate(username, password ?? ''));
          visits.note('AUTH', username, known ? '235' : '535', known);
          then(false, () => {
            if (known) callback(null, { user: username });
            else callback(refusal(535, 'Authentication credentials invalid'));
          });
        })();
      },
      onRcptTo: ({ address }, _session, callback) => {
        const refused = address.indexOf('@') > longestLocalPart ? tooLong : refusals[condition];
        visits.note('RCPT', address, String(refused?.responseCode ?? 250), refused === undefined);
        then(false, () => callback(refused && refusal(refused.responseCode, refused.text)));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          messages.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks).toString('utf8'),
            username: typeof session.user === 'string' ? session.user : null,
            via,
            at: new Date().toISOString(),
          });
          if (messages.length > kept) messages.shift();
          const lost = condition === 'hangAfterData';
          visits.note('DATA', `${messages.at(-1)?.source.length} bytes`, lost ? 'no answer' : '250', !lost);
          then(lost, () => callback(null, `Queued as ${messages.length}`));
        });
      },
    };
  }

  const ports = { starttls: 0, tls: 0, plain: 0, ...options.ports };
  let servers: SMTPServer[] = [];

  async function listen(): Promise<void> {
    for (const via of smtpListeners) {
      const server = new SMTPServer(optionsOf(via));
      // What a client does to its connection is its own affair.
      server.on('error', () => visits.note('CONNECT', via, 'broken off', false));
      server.listen(ports[via], host);
      servers.push(server);
      await once(server.server, 'listening');
      ports[via] = (server.server.address() as AddressInfo).port;
    }
  }

  async function stop(): Promise<void> {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    const stopping = servers;
    servers = [];
    await Promise.all(stopping.map(closeServer));
  }

  await listen();
  return {
    host,
    ports,
    ca: certificates.ca,
    condition: () => condition,
    messages: () => messages,
    visits: () => visits.latest,
    setCondition: async (next) => {
      condition = next;
      if (next === 'down') return stop();
      if (servers.length === 0) await listen();
      const shown = next in certificates.wrong ? certificates.wrong[next as WrongCertificate] : null;
      for (const server of servers) server.updateSecureContext(shown ?? certificates.valid);
    },
    close: stop,
  };
}

type WrongCertificate = Extract<SmtpCondition, `${string}Certificate`>;

function certificatesFor(names: readonly [string, ...string[]]): {
  ca: string;
  valid: KeyedCertificate;
  wrong: Record<WrongCertificate, KeyedCertificate>;
} {
  const authority = createAuthority();
  const now = Date.now();
  return {
    ca: authority.ca,
    valid: authority.issue({ names }),
    wrong: {
      expiredCertificate: authority.issue({
        names,
        notBefore: new Date(now - 90 * dayMs),
        notAfter: new Date(now - dayMs),
      }),
      selfSignedCertificate: selfSigned({ names }),
      wrongNameCertificate: authority.issue({ names: [otherName] }),
    },
  };
}

/** RFC 5321, 4.5.3.1.1. */
const longestLocalPart = 64;
const tooLong = { responseCode: 501, text: 'Syntax error: the local part is too long' };

/** How recipients are refused, by condition. */
const refusals: Partial<Record<SmtpCondition, { responseCode: number; text: string }>> = {
  greylisting: { responseCode: 451, text: 'Greylisted, try again in five minutes' },
  mailboxRefused: { responseCode: 550, text: 'No such mailbox here' },
};

function refusal(responseCode: number, text: string): Error & { responseCode: number } {
  return Object.assign(new Error(text), { responseCode });
}

/** At once: whoever is connected is cut off. */
function closeServer(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => {
    for (const { _socket: socket } of server.connections) socket.destroy();
    server.close(() => resolve());
  });
}
