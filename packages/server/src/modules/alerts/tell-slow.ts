import type { App, Tx } from '../../ctx.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Fact } from './facts.ts';

/** How far back goes what is normal, and how recent is not part of it. */
const normalDays = 7;
const recentHours = 2;

/** Tells the organization's webhooks that an integration has become slow, in the transaction that opens its alert. */
export async function tellSlow(
  app: App,
  tx: Tx,
  { subjectId, subjectName, topic, data }: Fact,
  provider: Provider | undefined,
): Promise<void> {
  const now = new Date(app.clock());
  const [normal] = await tx.query<{ ms: number | null }>(
    `SELECT round(sum(duration_ms) / nullif(sum(count), 0))::float8 AS ms FROM integration_hours
     WHERE organization_id = current_organization() AND integration_id = $1 AND kind = $2
       AND hour >= $3::timestamptz - ${normalDays} * interval '1 day'
       AND hour < $3::timestamptz - ${recentHours} * interval '1 hour'`,
    [subjectId, data.byCalls ? 'call' : 'check', now],
  );
  await recordOwnEvent(app, tx, 'integration.slow', {
    integrationId: subjectId,
    name: subjectName,
    provider: provider?.slug ?? topic,
    responseMs: Math.round(data.durationMs ?? 0),
    normalMs: normal!.ms,
    detectedAt: now.toISOString(),
  });
}
