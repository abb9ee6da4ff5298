import { CheckLog } from '../check-log.ts';
import { Deadline } from '../egress/deadline.ts';
import type { Limits } from '../egress/deadline.ts';
import type { Dialer } from '../egress/tcp.ts';
import { failureOf } from '../probe.ts';
import type { ProbeFailure } from '../probe.ts';
import { createScrub } from '../scrub.ts';
import type { MailServer } from './mail-server.ts';
import { MailSession } from './mail-session.ts';
import type { SentMessage } from './mail-session.ts';
import { composeMessage } from './message.ts';
import type { OutgoingMessage } from './message.ts';

/** How to reach a mail server. */
export interface MailOptions {
  dialer: Dialer;
  /** Default: 30 s for everything, 15 s for each answer. */
  limits?: Limits;
  signal?: AbortSignal;
}

/** An accepted message. */
export interface SentMail extends SentMessage {
  messageId: string;
  bytes: number;
  durationMs: number;
}

/** A message that was not accepted, or of which nobody knows: see `failure.mayHaveArrived`. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly failure: ProbeFailure;

  constructor(failure: ProbeFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export const mailLimits: Limits = { totalMs: 30_000, stepMs: 15_000 };

/**
 * Sends one message in a conversation of its own. It is accepted when at least one recipient is; those that are not
 * stand in `rejected`.
 *
 * @throws MailError
 */
export async function sendMail(
  server: MailServer,
  message: OutgoingMessage,
  options: MailOptions,
): Promise<SentMail> {
  const { dialer, limits = mailLimits, signal } = options;
  const scrub = createScrub(server.password === null ? [] : [server.password], server.username ?? '');
  const log = new CheckLog([], scrub, dialer.clock);
  try {
    const composed = await composeMessage(message);
    const session = await MailSession.open(server, dialer, new Deadline(limits, dialer.clock, signal), log);
    try {
      await session.logIn();
      const { accepted, rejected, reply } = await session.send(composed);
      session.close();
      return {
        accepted,
        rejected: rejected.map((one) => ({ ...one, reply: scrub(one.reply) })),
        reply: scrub(reply),
        messageId: composed.messageId,
        bytes: composed.bytes.length,
        durationMs: log.durationMs,
      };
    } catch (error) {
      session.destroy();
      throw error;
    }
  } catch (error) {
    throw new MailError(failureOf(error, log.current ?? 'values', scrub));
  }
}
