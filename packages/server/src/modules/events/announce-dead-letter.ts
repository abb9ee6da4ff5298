import type { App } from '../../ctx.ts';
import type { Result } from '../../delivery/record.ts';
import { eventBody } from './event-body.ts';

const deadLettered = 'delivery.dead_lettered';

/**
 * Tells the organization's webhooks of a delivery that was given up (`delivery.dead_lettered`). A given-up announcement
 * makes no further one, or it would never end. Sent after the fact and not with it, so that recording results stays as
 * fast as it is: a process that dies in between tells nothing of what the queue of dead letters shows all the same.
 */
export async function announceDeadLetter(app: App, { lease, outcome, verdict }: Result): Promise<void> {
  if (lease.event.type === deadLettered || verdict.state !== 'dlq') return;
  const { endpoints } = app.engine;
  const webhook =
    endpoints.peek(lease.webhookId) ?? (await endpoints.load([lease.webhookId])).get(lease.webhookId);
  const now = app.clock();
  const id = app.newId();
  const body = eventBody(id, deadLettered, now, {
    webhookId: lease.webhookId,
    name: webhook?.name ?? '',
    url: outcome.url,
    deliveryId: lease.id,
    eventId: lease.event.key ?? lease.event.id,
    eventType: lease.event.type,
    attempts: lease.attempts + 1,
    lastStatus: outcome.responseStatus,
    error: { code: outcome.errorCode ?? 'http_error', message: outcome.errorMessage ?? '' },
    expiresAt: new Date(now + verdict.retentionDays * 86_400_000).toISOString(),
    deadLetteredAt: new Date(now).toISOString(),
  });
  const { organizationId } = lease;
  await app.engine.accept([{ id, key: null, type: deadLettered, body, organizationId, subject: null }]);
}
