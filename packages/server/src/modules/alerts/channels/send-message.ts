import type { App } from '../../../ctx.ts';
import type { OpenChannel } from '../channel-queries.ts';
import type { MessageContent } from '../compose-message.ts';
import type { Outgoing, Taken } from './channel-failure.ts';
import { sendEmail } from './send-email.ts';
import { sendSlack, sendSlackWebhook } from './send-slack.ts';
import { sendWebhook } from './send-webhook.ts';

/** Sends one message through a channel. @throws ChannelFailure with the reason in plain words */
export function sendMessage(
  app: App,
  { target, secret }: OpenChannel,
  content: MessageContent,
  outgoing: Outgoing,
): Promise<Taken> {
  switch (target.kind) {
    case 'email':
      return sendEmail(app, target, content, outgoing);
    case 'slack':
      return sendSlack(app, target, content, outgoing);
    case 'slack_webhook':
      return sendSlackWebhook(app, secret ?? '', content);
    case 'webhook':
      return sendWebhook(app, target.url, secret ?? '', content, outgoing);
  }
}
