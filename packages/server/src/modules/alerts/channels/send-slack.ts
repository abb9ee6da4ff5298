import type { AlertChannelTarget } from '@trunkline/contract/alert-settings';
import { ConnectionFault } from '../../../connections/connection-fault.ts';
import { loadConnection } from '../../../connections/load-connection.ts';
import { requestFor } from '../../../connections/provider-request.ts';
import { tokenSourceOf } from '../../../connections/token-source.ts';
import type { App } from '../../../ctx.ts';
import { tenantTransaction } from '../../../db/tenant.ts';
import { AppError } from '../../../errors.ts';
import { EgressError } from '../../../lib/egress/errors.ts';
import type { SendResult } from '../../../lib/egress/send-result.ts';
import { parseRetryAfter } from '../../../lib/retry-after.ts';
import { classify } from '../../../providers/classify.ts';
import { slack } from '../../../providers/slack.ts';
import { textOf } from '../compose-message.ts';
import type { MessageContent } from '../compose-message.ts';
import { ChannelFailure } from './channel-failure.ts';
import type { Outgoing, Taken } from './channel-failure.ts';

type SlackTarget = Extract<AlertChannelTarget, { kind: 'slack' }>;

const timeoutMs = 12_000;
const longestWaitMs = 3_600_000;
const marks = { critical: '🔴', warning: '🟠', info: '🔵' } as const;

/**
 * Posts a message through the organization's Slack integration. Never while that one does not work itself: the message
 * waits, and other channels tell of it.
 *
 * @throws ChannelFailure
 */
export async function sendSlack(
  app: App,
  target: SlackTarget,
  content: MessageContent,
  { organizationId, id }: Outgoing,
): Promise<Taken> {
  const connection = await tenantTransaction(app.pool, organizationId, async (tx) => {
    const [health] = await tx.query<{ failing: boolean }>(
      `SELECT problem IS NOT NULL AS failing FROM integration_health
       WHERE organization_id = current_organization() AND integration_id = $1`,
      [target.integrationId],
    );
    const loaded = await loadConnection(app, tx, target.integrationId).catch((error: unknown) => {
      throw error instanceof AppError ? new ChannelFailure('The Slack integration is gone.') : error;
    });
    if (!loaded.enabled || !loaded.connected)
      throw new ChannelFailure(`${loaded.name} is switched off or not connected.`);
    if (health?.failing)
      throw new ChannelFailure(`${loaded.name} does not work itself, so that the message waits.`);
    return loaded;
  });
  const admission = await app.calls.take(connection, timeoutMs);
  if (!admission.admitted) {
    throw new ChannelFailure(`The limit of calls of ${connection.name} is reached.`, admission.retryAfterMs);
  }
  const source = tokenSourceOf(app, connection);
  const token = source ? await source().catch(asFailure) : null;
  const request = requestFor(
    connection,
    {
      method: 'POST',
      path: '/chat.postMessage',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        channel: target.channel,
        ...slackMessage(content),
        metadata: { event_type: 'alert_notification', event_payload: { id } },
      }),
    },
    token,
  );
  const result = await app.sender
    .send({ ...request, url: app.reroute('slack', request.url), timeoutMs })
    .catch(asFailure);
  if (result.status === 200 && /"ok"\s*:\s*true/.test(result.body)) {
    return { detail: `Posted to ${target.channel}.`, recipients: [target.channel] };
  }
  throw refusal(result, app.clock());
}

/** Posts a message to an incoming webhook, whose address is its secret. @throws ChannelFailure */
export async function sendSlackWebhook(app: App, url: string, content: MessageContent): Promise<Taken> {
  const result = await app.sender
    .send({
      method: 'POST',
      url: app.reroute('slack', url),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(slackMessage(content)),
      timeoutMs,
    })
    .catch(asFailure);
  if (result.status === 200) return { detail: 'Posted.', recipients: [] };
  throw refusal(result, app.clock());
}

function refusal(result: SendResult, now: number): ChannelFailure {
  const { title, cause } = classify(slack, {
    status: result.status,
    text: result.body.slice(0, 2_000),
    mayHaveArrived: false,
  });
  return new ChannelFailure(
    `Slack did not take it: ${title}. ${cause}`,
    parseRetryAfter(result.headers['retry-after'], now, longestWaitMs),
  );
}

function asFailure(error: unknown): never {
  if (error instanceof EgressError || error instanceof ConnectionFault)
    throw new ChannelFailure(error.message);
  throw error;
}

/** Text for notifications and blocks for the eye; Slack reads `&`, `<` and `>` as its own marks. */
export function slackMessage(content: MessageContent): Record<string, unknown> {
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: text.slice(0, 2_900) },
  });
  const parts = content.parts.map(({ severity, over, heading, lines, href }) =>
    section(
      `${over ? '🟢' : marks[severity]} *<${href}|${escape(heading)}>*\n${lines.map(escape).join('\n')}`,
    ),
  );
  return {
    text: escape(`${content.title}\n${textOf(content)}`).slice(0, 3_000),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: content.title.slice(0, 150) } }, ...parts],
    unfurl_links: false,
  };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
