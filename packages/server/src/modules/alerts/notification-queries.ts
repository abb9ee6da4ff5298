import type { App, Tx } from '../../ctx.ts';
import type { MessageContent } from './compose-message.ts';

/** Has a message sent to a channel, as it is now; its id is also the id at the other side. */
export async function insertNotification(
  app: Pick<App, 'newId' | 'clock'>,
  tx: Tx,
  channelId: string,
  content: MessageContent,
): Promise<string> {
  const id = app.newId();
  await tx.query(
    `INSERT INTO alert_notifications (id, organization_id, channel_id, channel_name, channel_kind, state, title, content,
       alerts, due_at, created_at)
     SELECT $1, organization_id, id, name, kind, 'waiting', $3, $4, $5, $6, $6 FROM alert_channels
     WHERE organization_id = current_organization() AND id = $2`,
    [id, channelId, content.title, JSON.stringify(content), content.count, new Date(app.clock())],
  );
  return id;
}
