import { CheckLog } from '../check-log.ts';
import type { StepObserver } from '../check-log.ts';
import { Deadline } from '../egress/deadline.ts';
import type { Limits } from '../egress/deadline.ts';
import { dialSteps } from '../egress/tcp.ts';
import type { Dialer } from '../egress/tcp.ts';
import { failureOf, probe } from '../probe.ts';
import type { ProbeFailure, ProbeResult } from '../probe.ts';
import { createScrub } from '../scrub.ts';
import type { Scrub } from '../scrub.ts';
import type { SftpServer } from './sftp-server.ts';
import { SftpSession } from './sftp-session.ts';

export interface SftpOptions {
  dialer: Dialer;
  /** Default: 30 s for everything, 15 s for each answer. Large files take more. */
  limits?: Limits;
  signal?: AbortSignal;
  observe?: StepObserver;
}

export interface SftpProbeResult extends ProbeResult {
  /** The fingerprint that the server showed, to keep for the next time; null when it came to nothing before. */
  hostKey: string | null;
}

/** Work on an SFTP server that failed. */
export class SftpError extends Error {
  override readonly name = 'SftpError';
  readonly failure: ProbeFailure;

  constructor(failure: ProbeFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

const defaultLimits: Limits = { totalMs: 30_000, stepMs: 15_000 };

/**
 * Checks an SFTP server step by step: values, dns, tcp, greeting (the host key), authentication, folder (each of these
 * can be listed). Writes nothing.
 */
export async function checkSftp(
  server: SftpServer,
  folders: readonly string[],
  options: SftpOptions,
): Promise<SftpProbeResult> {
  const { dialer, limits = defaultLimits, signal, observe } = options;
  const scrub = scrubFor(server);
  const log = new CheckLog(
    [
      { key: 'values', label: 'Read the password or the private key' },
      ...dialSteps({ host: server.host, port: server.port, tls: false }),
      { key: 'greeting', label: 'Compare the host key' },
      { key: 'authentication', label: `Log in as ${server.username}` },
      { key: 'folder', label: `List ${folders.join(', ')}` },
    ],
    scrub,
    dialer.clock,
    observe,
  );
  let hostKey: string | null = null;
  const result = await probe(log, scrub, async () => {
    const deadline = new Deadline(limits, dialer.clock, signal);
    const session = await SftpSession.open(server, dialer, deadline, log, (shown) => {
      hostKey = shown;
    });
    try {
      await log.run('folder', async () => {
        const found: string[] = [];
        for (const folder of new Set(folders)) {
          const { length } = await session.list(folder);
          found.push(`${folder} has ${length} ${length === 1 ? 'entry' : 'entries'}`);
        }
        return { value: null, detail: `${found.join('; ')}.` };
      });
      session.close();
    } catch (error) {
      session.destroy();
      throw error;
    }
  });
  return { ...result, hostKey };
}

/**
 * Opens a session, lets the work use it, and ends it.
 *
 * @throws SftpError; what the work itself throws is passed on
 */
export async function withSftp<T>(
  server: SftpServer,
  options: SftpOptions,
  work: (session: SftpSession) => Promise<T>,
): Promise<T> {
  const { dialer, limits = defaultLimits, signal } = options;
  const scrub = scrubFor(server);
  const log = new CheckLog([], scrub, dialer.clock);
  try {
    const deadline = new Deadline(limits, dialer.clock, signal);
    const session = await SftpSession.open(server, dialer, deadline, log);
    try {
      const value = await log.run('folder', async () => ({ value: await work(session), detail: '' }));
      session.close();
      return value;
    } catch (error) {
      session.destroy();
      throw error;
    }
  } catch (error) {
    throw new SftpError(failureOf(error, log.current ?? 'values', scrub));
  }
}

function scrubFor({ password, privateKey, passphrase, username }: SftpServer): Scrub {
  const secrets = [password, privateKey, passphrase].filter((value) => typeof value === 'string');
  return createScrub(secrets, username);
}
