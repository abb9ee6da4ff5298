import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import type { CheckLog, StepOutcome } from '../check-log.ts';
import type { Deadline } from '../egress/deadline.ts';
import { EgressError } from '../egress/errors.ts';
import type { Dialer } from '../egress/tcp.ts';
import { RefusedError } from '../probe.ts';
import { mailFailure } from './mail-failure.ts';
import { startsPlain } from './mail-server.ts';
import type { MailServer } from './mail-server.ts';
import type { ComposedMessage } from './message.ts';

/** What the server said to a message. */
export interface SentMessage {
  accepted: readonly string[];
  rejected: readonly { address: string; reply: string }[];
  reply: string;
}

/** A mail server's reply that would be longer is not one. */
const longestReply = 64 * 1024;
const goodbyeMs = 1_000;
/** Our own deadlines are the ones that count; nodemailer wants some. */
const noLimitMs = 86_400_000;

/** One conversation with a mail server (RFC 5321), over a guarded connection. */
export class MailSession {
  readonly #server: MailServer;
  readonly #dialer: Dialer;
  readonly #deadline: Deadline;
  readonly #log: CheckLog;
  readonly #connection: SMTPConnection;
  #encrypting = false;
  #greeting: string | null = null;
  #ready = false;
  #broken: Error | null = null;
  #onChange: () => void = () => undefined;

  private constructor(
    server: MailServer,
    dialer: Dialer,
    deadline: Deadline,
    log: CheckLog,
    connection: (logger: (entry: unknown, text: string) => void) => SMTPConnection,
  ) {
    this.#server = server;
    this.#dialer = dialer;
    this.#deadline = deadline;
    this.#log = log;
    this.#connection = connection((entry, text) => {
      // Only what the server says: the other entries hold what this side said.
      if ((entry as { tnx?: string } | undefined)?.tnx === 'server') this.#hear(text);
    });
    this.#connection.on('error', (error: Error) => {
      this.#broken ??= error;
      this.#onChange();
    });
  }

  /**
   * Connects, waits for the greeting, and encrypts as the server's settings say.
   *
   * @throws EgressError or RefusedError, from the step that failed
   */
  static async open(
    server: MailServer,
    dialer: Dialer,
    deadline: Deadline,
    log: CheckLog,
  ): Promise<MailSession> {
    const { host, port, security } = server;
    const tls = security === 'tls';
    const plain = startsPlain(server);
    const socket = await dialer.open({ host, port, tls, plain }, deadline, log).catch((error: unknown) => {
      throw !tls && !plain && error instanceof EgressError && error.code === 'blocked'
        ? new EgressError('blocked', otherPort)
        : error;
    });
    const session = new MailSession(
      server,
      dialer,
      deadline,
      log,
      (hear) =>
        new SMTPConnection({
          host,
          port,
          connection: socket,
          secure: tls,
          secured: tls,
          requireTLS: security === 'starttls',
          ignoreTLS: security === 'none',
          tls: dialer.tlsOptions(host),
          ...(server.clientName !== undefined && { name: server.clientName }),
          connectionTimeout: noLimitMs,
          greetingTimeout: noLimitMs,
          socketTimeout: noLimitMs,
          socketCloseTimeout: goodbyeMs,
          maxResponseSize: longestReply,
          transactionLog: true,
          logger: { debug: hear, info: silence, warn: silence, error: silence, trace: silence },
        }),
    );
    try {
      await session.#begin();
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /**
   * Logs in. Does nothing when the settings have no user.
   *
   * @throws EgressError or RefusedError
   */
  async logIn(): Promise<void> {
    const { username, password, security } = this.#server;
    if (username === null) return;
    await this.#log.run('authentication', async () => {
      if (!this.#connection.allowsAuth) throw new RefusedError(noLogin, 'ENOAUTH: no login offered');
      const credentials = { user: username, pass: password ?? '' };
      await this.#ask<boolean | undefined>((done) =>
        this.#connection.login({ user: username, credentials }, done),
      );
      const reply = this.#connection.lastServerResponse || 'Accepted.';
      return security === 'none'
        ? { value: null, detail: `${reply} The password went over an unencrypted connection.`, warning: true }
        : { value: null, detail: reply };
    });
  }

  /**
   * Hands a message over. An EgressError with `sent` means that it may have been accepted.
   *
   * @throws EgressError or RefusedError
   */
  send(message: ComposedMessage): Promise<SentMessage> {
    return this.#log.run('send', async () => {
      let onItsWay = false;
      // Read only after the server took the envelope and said to go on.
      const content = new Readable({
        read() {
          onItsWay = true;
          this.push(message.bytes);
          this.push(null);
        },
      });
      const envelope = { from: message.from, to: [...message.recipients], size: message.bytes.length };
      const info = await this.#ask<SMTPConnectionSendInfo | undefined>(
        (done) => this.#connection.send(envelope, content, done),
        () => onItsWay,
      );
      const value = sentMessage(info!);
      return { value, detail: describe(value), warning: value.rejected.length > 0 };
    });
  }

  /** Says goodbye and ends the connection. */
  close(): void {
    const timer = setTimeout(() => this.destroy(), goodbyeMs);
    this.#connection.once('end', () => clearTimeout(timer));
    this.#connection.quit();
  }

  /** Ends the connection. */
  destroy(): void {
    this.#connection.close();
  }

  async #begin(): Promise<void> {
    const { security } = this.#server;
    const started = new Promise<void>((resolve, reject) => {
      this.#connection.connect((error) => {
        if (error) reject(error);
        else {
          this.#ready = true;
          resolve();
        }
        this.#onChange();
      });
    });
    // A failure is told by `#broken`, or here when the server closes before it says a word.
    started.catch((error: Error) => {
      this.#broken ??= error;
      this.#onChange();
    });
    await this.#log.run('greeting', async () => {
      await this.#until(() => this.#greeting !== null && (security === 'starttls' || this.#ready));
      return { value: null, detail: this.#greeting! };
    });
    if (security !== 'starttls') return;
    this.#encrypting = true;
    await this.#log.run('tls', async (): Promise<StepOutcome<null>> => {
      await this.#until(() => this.#ready);
      const { _socket: socket } = this.#connection;
      if (!(socket instanceof TLSSocket))
        throw new EgressError('tls', 'The connection was not encrypted.', false);
      return { value: null, ...this.#dialer.describeTls(socket) };
    });
    this.#encrypting = false;
  }

  #hear(reply: string): void {
    if (this.#greeting !== null || !reply.startsWith('220')) return;
    this.#greeting = reply;
    this.#onChange();
  }

  /** Waits until something is so, or the connection breaks. */
  #until(reached: () => boolean): Promise<void> {
    return this.#limited(
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (this.#broken !== null) reject(this.#broken);
          else if (reached()) resolve();
        };
        this.#onChange = look;
        look();
      }),
    );
  }

  #ask<T>(
    start: (done: (error: Error | null, result?: T) => void) => void,
    ambiguous = (): boolean => false,
  ): Promise<T | undefined> {
    const answered = new Promise<T | undefined>((resolve, reject) => {
      this.#onChange = () => {
        if (this.#broken !== null) reject(this.#broken);
      };
      start((error, result) => (error === null ? resolve(result) : reject(error)));
      this.#onChange();
    });
    return this.#limited(answered, ambiguous);
  }

  async #limited<T>(work: Promise<T>, ambiguous = (): boolean => false): Promise<T> {
    try {
      return await this.#deadline.limit(work, 'The server does not answer.', () => this.destroy());
    } catch (error) {
      const { host } = this.#server;
      throw mailFailure(error, { host, encrypting: this.#encrypting, ambiguous: ambiguous() });
    }
  }
}

const silence = (): void => undefined;

const noLogin =
  'The server offers no login on this port, or only after encryption. Use 587 with STARTTLS or 465 with TLS.';

const otherPort =
  'The host is at a private or reserved address, which is not allowed, or this port is not one for such mail: a public server is reached without encryption on port 25 only, and with STARTTLS on ports 25, 587, 2525 and 2587.';

function sentMessage(info: SMTPConnectionSendInfo): SentMessage {
  const rejected = (info.rejectedErrors ?? []).map((error) => ({
    address: error.recipient ?? '',
    reply: error.response ?? error.message,
  }));
  return { accepted: info.accepted, rejected, reply: info.response };
}

function describe({ reply, rejected }: SentMessage): string {
  if (rejected.length === 0) return reply;
  return `${reply} Not for ${rejected.map((one) => `${one.address}: ${one.reply}`).join('; ')}`;
}
