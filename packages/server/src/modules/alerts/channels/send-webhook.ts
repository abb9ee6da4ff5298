import type { App } from '../../../ctx.ts';
import { EgressError } from '../../../lib/egress/errors.ts';
import { parseRetryAfter } from '../../../lib/retry-after.ts';
import { signWebhook, signingKeyOf } from '../../../lib/webhook-signature.ts';
import { textOf } from '../compose-message.ts';
import type { MessageContent } from '../compose-message.ts';
import { ChannelFailure } from './channel-failure.ts';
import type { Outgoing, Taken } from './channel-failure.ts';

const timeoutMs = 12_000;
const longestWaitMs = 3_600_000;

/** Posts a message with the headers of Standard Webhooks; its id is the same on every try. @throws ChannelFailure */
export async function sendWebhook(
  app: Pick<App, 'sender' | 'clock' | 'config' | 'version'>,
  url: string,
  secret: string,
  content: MessageContent,
  { id, at }: Outgoing,
): Promise<Taken> {
  const { title, alerts, count, parts } = content;
  const body = JSON.stringify({
    id,
    type: 'alert.notification',
    timestamp: at.toISOString(),
    data: { title, text: textOf(content), count, alerts, parts },
  });
  const now = app.clock();
  const timestamp = Math.floor(now / 1000);
  try {
    const result = await app.sender.send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': `${app.config.brand}-Alerts/${app.version}`,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signWebhook([signingKeyOf(secret)], id, timestamp, body),
      },
      body,
      timeoutMs,
    });
    if (result.status >= 200 && result.status < 300) {
      return { detail: `It answered ${result.status}.`, recipients: [new URL(url).host] };
    }
    throw new ChannelFailure(
      `It answered ${result.status}; only 2xx counts as received.`,
      parseRetryAfter(result.headers['retry-after'], now, longestWaitMs),
    );
  } catch (error) {
    throw error instanceof EgressError ? new ChannelFailure(error.message) : error;
  }
}
