import type { App } from '../../ctx.ts';
import type { Result } from '../../delivery/record.ts';
import { eventBody } from './event-body.ts';

const deadLettered = 'delivery.dead_lettered';

/** Sends one of the product's own events to the organization's webhooks (WH-8). */
export async function sendOwnEvent(
  app: Pick<App, 'newId' | 'clock' | 'engine'>,
  organizationId: string,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  const id = app.newId();
  await app.engine.accept([
    { id, key: null, type, body: eventBody(id, type, app.clock(), data), organizationId, subject: null },
  ]);
}

/** Tells of a delivery that was given up. A given-up announcement makes no further one, or it would never end. */
export async function announceDeadLetter(app: App, { lease, outcome, verdict }: Result): Promise<void> {
  if (lease.event.type === deadLettered || verdict.state !== 'dlq') return;
  const { endpoints } = app.engine;
  const webhook =
    endpoints.peek(lease.webhookId) ?? (await endpoints.load([lease.webhookId])).get(lease.webhookId);
  const now = app.clock();
  await sendOwnEvent(app, lease.organizationId, deadLettered, {
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
}
