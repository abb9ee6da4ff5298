import type { AlertChannelTarget } from '@trunkline/contract/alert-settings';
import type { App, Tx } from '../../../ctx.ts';
import { tenantTransaction } from '../../../db/tenant.ts';
import { AppError } from '../../../errors.ts';
import { MailError, sendMail } from '../../../lib/mail/send-mail.ts';
import { startAction } from '../../actions/run-action.ts';
import { offering, readRouteRows } from '../../failover/route.ts';
import { textOf } from '../compose-message.ts';
import type { MessageContent } from '../compose-message.ts';
import { ChannelFailure } from './channel-failure.ts';
import type { Outgoing, Taken } from './channel-failure.ts';

type EmailTarget = Extract<AlertChannelTarget, { kind: 'email' }>;

interface OwnWay {
  integrationId: string;
  name: string;
}

/** What `email.send` takes. */
const mostRecipients = 50;

/**
 * Sends a message to people: as an action through an email integration of the organization that works and that the
 * message is not about, and through the installation's mail server when there is none or when it fails.
 *
 * @throws ChannelFailure
 */
export async function sendEmail(
  app: App,
  target: EmailTarget,
  content: MessageContent,
  outgoing: Outgoing,
): Promise<Taken> {
  const { to, own } = await tenantTransaction(app.pool, outgoing.organizationId, async (tx) => ({
    to: await recipientsOf(tx, target),
    own: await ownWay(tx, content.integrationIds),
  }));
  if (to.length === 0) throw new ChannelFailure('Nobody has one of the roles of this channel.');
  if (own === null) {
    const none =
      'There is no mail server: connect an email integration that works, or ask the operator for TRUNKLINE_SMTP_URL.';
    return byInstallation(app, to, content, outgoing, new ChannelFailure(none));
  }
  try {
    return await byIntegration(app, own, to, content, outgoing);
  } catch (error) {
    if (!(error instanceof ChannelFailure)) throw error;
    return byInstallation(app, to, content, outgoing, error);
  }
}

async function recipientsOf(tx: Tx, { addresses, roles }: EmailTarget): Promise<string[]> {
  const members = await tx.query<{ email: string }>(
    `SELECT u.email FROM members m JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = current_organization() AND m.role = ANY ($1) ORDER BY u.email`,
    [roles],
  );
  return [...new Set([...addresses.map((one) => one.toLowerCase()), ...members.map(({ email }) => email)])];
}

/** The oldest email integration that works; never one that the message is about. */
async function ownWay(tx: Tx, without: readonly string[]): Promise<OwnWay | null> {
  const able = (await offering(tx, await readRouteRows(tx, 'email.send'), 'email.send')).filter(
    ({ id, usable }) => usable && !without.includes(id),
  );
  const failing = await tx.query<{ id: string }>(
    `SELECT integration_id AS id FROM integration_health
     WHERE organization_id = current_organization() AND integration_id = ANY ($1) AND problem IS NOT NULL`,
    [able.map(({ id }) => id)],
  );
  const found = able.find(({ id }) => !failing.some((one) => one.id === id));
  return found === undefined ? null : { integrationId: found.id, name: found.name };
}

/** As an action, which counts against the integration's limits and goes to its backup as any other. */
async function byIntegration(
  app: App,
  { integrationId, name }: OwnWay,
  to: readonly string[],
  content: MessageContent,
  { organizationId, id, attempt }: Outgoing,
): Promise<Taken> {
  const recipients: string[] = [];
  let detail = '';
  for (let from = 0; from < to.length; from += mostRecipients) {
    const some = to.slice(from, from + mostRecipients);
    const action = await startAction(app, organizationId, {
      capability: 'email.send',
      wantedId: integrationId,
      input: {
        to: some.map((email) => ({ email })),
        subject: content.title,
        text: `${textOf(content)}\n`,
      },
      key: `alert:${id}:${attempt}:${from}`,
      dueAt: null,
      patient: false,
      createdBy: 'Alerts',
    }).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      throw new ChannelFailure(`By ${name}: ${error.message}`, (error.retryAfterSeconds ?? 0) * 1000 || null);
    });
    const by = action.attempts.at(-1)?.integrationName ?? name;
    const { status, problem } = action;
    if (status === 'failed' || status === 'ambiguous') {
      throw new ChannelFailure(
        `By ${by}: ${problem === null ? status : `${problem.title}. ${problem.cause}`}`,
      );
    }
    const result = action.result as { messageId: string | null; rejected: string[] } | null;
    recipients.push(...some.filter((address) => result?.rejected.includes(address) !== true));
    // What waits for a limit is in the hands of the action.
    detail = result === null ? `By ${by}, which sends it later` : `By ${by}: ${result.messageId ?? 'taken'}`;
  }
  return { detail, recipients };
}

/** @throws ChannelFailure `otherwise` when the installation has no mail server */
async function byInstallation(
  app: App,
  to: readonly string[],
  content: MessageContent,
  { id, at }: Outgoing,
  otherwise: ChannelFailure,
): Promise<Taken> {
  const { mail } = app.config;
  if (mail === undefined) throw otherwise;
  try {
    const sent = await sendMail(
      mail.server,
      {
        from: mail.from,
        to: to.map((address) => ({ address })),
        subject: content.title,
        text: `${textOf(content)}\n`,
        messageId: `<${id}@${domainOf(mail.from.address)}>`,
        date: at,
        headers: { 'Auto-Submitted': 'auto-generated' },
      },
      { dialer: app.dialer },
    );
    const taken = to.filter((address) => sent.accepted.includes(address));
    if (taken.length === 0) throw new ChannelFailure(sent.rejected[0]?.reply ?? sent.reply);
    return { detail: `By the mail server of the installation: ${sent.reply}`, recipients: taken };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new ChannelFailure(`By the mail server of the installation: ${error.failure.message}`);
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
