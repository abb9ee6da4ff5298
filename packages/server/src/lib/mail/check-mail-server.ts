import { CheckLog } from '../check-log.ts';
import type { PlannedStep, StepObserver } from '../check-log.ts';
import { Deadline } from '../egress/deadline.ts';
import { dialSteps, tlsStep } from '../egress/tcp.ts';
import { probe } from '../probe.ts';
import type { ProbeResult } from '../probe.ts';
import { createScrub } from '../scrub.ts';
import type { MailAddress, MailServer } from './mail-server.ts';
import { MailSession } from './mail-session.ts';
import { composeMessage } from './message.ts';
import { mailLimits } from './send-mail.ts';
import type { MailOptions } from './send-mail.ts';

/** What to check. */
export interface MailCheck extends MailServer {
  from: MailAddress;
  /** Sends a message there as the last step; without it nothing is sent. */
  sendTo?: MailAddress;
  /** What that message says. */
  testMessage?: { subject: string; text: string };
}

const defaultMessage = {
  subject: 'Test message',
  text: 'The settings for outgoing mail work: this message was sent with them.',
};

/**
 * Checks a mail server step by step, with its own replies: dns, tcp, tls (with STARTTLS after the greeting), greeting,
 * authentication (when there is a user) and send (when there is somebody to send to).
 */
export function checkMailServer(
  check: MailCheck,
  options: MailOptions & { observe?: StepObserver },
): Promise<ProbeResult> {
  const { from, sendTo, testMessage = defaultMessage, ...server } = check;
  const { dialer, limits = mailLimits, signal, observe } = options;
  const scrub = createScrub(server.password === null ? [] : [server.password], server.username ?? '');
  const log = new CheckLog(planOf(check), scrub, dialer.clock, observe);
  return probe(log, scrub, async () => {
    const session = await MailSession.open(server, dialer, new Deadline(limits, dialer.clock, signal), log);
    try {
      await session.logIn();
      if (sendTo) await session.send(await composeMessage({ from, to: [sendTo], ...testMessage }));
      session.close();
    } catch (error) {
      session.destroy();
      throw error;
    }
  });
}

function planOf(check: MailCheck): PlannedStep[] {
  const steps = dialSteps({ host: check.host, port: check.port, tls: check.security === 'tls' });
  steps.push({ key: 'greeting', label: 'Hear the greeting of the mail server' });
  if (check.security === 'starttls') steps.push(tlsStep);
  if (check.username !== null) steps.push({ key: 'authentication', label: `Log in as ${check.username}` });
  if (check.sendTo) steps.push({ key: 'send', label: `Send a message to ${check.sendTo.address}` });
  return steps;
}
