import type { AlertChannelTarget } from '@trunkline/contract/alert-settings';
import { mailServerOf } from '../../../connections/check-mail.ts';
import { loadConnection } from '../../../connections/load-connection.ts';
import type { App, Tx } from '../../../ctx.ts';
import { tenantTransaction } from '../../../db/tenant.ts';
import { MailError, sendMail } from '../../../lib/mail/send-mail.ts';
import type { MailAddress, MailServer } from '../../../lib/mail/mail-server.ts';
import { textOf } from '../compose-message.ts';
import type { MessageContent } from '../compose-message.ts';
import { ChannelFailure } from './channel-failure.ts';
import type { Outgoing, Taken } from './channel-failure.ts';

type EmailTarget = Extract<AlertChannelTarget, { kind: 'email' }>;

interface Way {
  server: MailServer;
  from: MailAddress;
  name: string;
}

/**
 * Sends a message to people by the organization's own mail server when it has one that works and that the message is not
 * about, else by the installation's.
 *
 * @throws ChannelFailure
 */
export async function sendEmail(
  app: App,
  target: EmailTarget,
  content: MessageContent,
  { organizationId, id, at }: Outgoing,
): Promise<Taken> {
  const { to, way } = await tenantTransaction(app.pool, organizationId, async (tx) => ({
    to: await recipientsOf(tx, target),
    way: (await ownMail(app, tx, content.integrationIds)) ?? instanceMail(app),
  }));
  if (to.length === 0) throw new ChannelFailure('Nobody has one of the roles of this channel.');
  if (way === null) {
    throw new ChannelFailure(
      'There is no mail server: connect one that works under Integrations, or ask the operator for TRUNKLINE_SMTP_URL.',
    );
  }
  try {
    const sent = await sendMail(
      way.server,
      {
        from: way.from,
        to: to.map((address) => ({ address })),
        subject: content.title,
        text: `${textOf(content)}\n`,
        messageId: `<${id}@${domainOf(way.from.address)}>`,
        date: at,
        headers: { 'Auto-Submitted': 'auto-generated' },
      },
      { dialer: app.dialer },
    );
    const taken = to.filter((address) => sent.accepted.includes(address));
    if (taken.length === 0) throw new ChannelFailure(sent.rejected[0]?.reply ?? sent.reply);
    return { detail: `By ${way.name}: ${sent.reply}`, recipients: taken };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new ChannelFailure(`By ${way.name}: ${error.failure.message}`);
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

/** A mail server of the organization that works; never one that the message is about. */
async function ownMail(app: App, tx: Tx, without: readonly string[]): Promise<Way | null> {
  const [found] = await tx.query<{ id: string }>(
    `SELECT i.id FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL AND i.enabled
       AND i.connected_at IS NOT NULL AND i.auth_type = 'smtp' AND h.problem IS NULL AND NOT i.id = ANY ($1)
     ORDER BY i.created_at, i.id LIMIT 1`,
    [without],
  );
  if (!found) return null;
  const connection = await loadConnection(app, tx, found.id);
  const { values, name } = connection;
  const address = values['fromEmail'] ?? '';
  if (address === '') return null;
  return { server: mailServerOf(app, connection), from: { address, name: values['fromName'] ?? '' }, name };
}

function instanceMail({ config: { mail } }: Pick<App, 'config'>): Way | null {
  return mail === undefined ? null : { ...mail, name: 'the mail server of the installation' };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
