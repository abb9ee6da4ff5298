import { faults } from '@trunkline/contract/faults';
import type { App } from '../../../ctx.ts';
import { addToHistogram } from '../../../lib/latency-histogram.ts';
import type { HourSums } from '../../../measures/sums.ts';
import { writeHours } from '../../../measures/write.ts';
import { busyness, dayMs, hourMs } from './past.ts';

const days = 30;

/** Calls in a busy hour, by provider; what is not here is called now and then. */
const perHour: Record<string, number> = {
  smtp: 70,
  twilio: 40,
  'google-calendar': 34,
  gmail: 30,
  slack: 28,
  'aws-s3': 22,
  indeed: 12,
  zoom: 9,
  'amazon-ses': 4,
};
/** Share of calls that fail, and of what. */
const troubles: Record<string, { share: number; fault: (typeof faults)[number] }> = {
  smtp: { share: 0.06, fault: 'down' },
  twilio: { share: 0.02, fault: 'rateLimit' },
  indeed: { share: 0.035, fault: 'config' },
  zoom: { share: 0.01, fault: 'reauth' },
};
const usual = { share: 0.004, fault: 'down' } as const;

/** Writes what the integrations of an organization were called for in the past weeks, where nothing was measured yet. */
export async function writeCallHistory(app: App, organizationId: string): Promise<void> {
  const { rows: integrations } = await app.pool.query<{ id: string; provider: string }>(
    `SELECT id, provider FROM integrations i WHERE organization_id = $1 AND enabled AND deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM integration_hours WHERE integration_id = i.id AND kind = 'call')`,
    [organizationId],
  );
  const now = app.clock();
  const first = now - days * dayMs;
  const sums: HourSums[] = [];
  for (const { id, provider } of integrations) {
    for (let at = first - (first % hourMs); at < now - hourMs; at += hourMs) {
      const wanted = (perHour[provider] ?? 2) * busyness(at) * (0.6 + 0.8 * app.random());
      const count = Math.floor(wanted + app.random());
      if (count > 0) sums.push(hourOf(id, provider, at, count));
    }
  }
  await writeHours(app.pool, sums);

  function hourOf(integrationId: string, provider: string, hour: number, count: number): HourSums {
    const { share, fault } = troubles[provider] ?? usual;
    const latency: number[] = [];
    let [failures, durationMs] = [0, 0];
    for (let index = 0; index < count; index += 1) {
      const ms = 60 + 240 * app.random() * (app.random() < 0.05 ? 8 : 1);
      addToHistogram(latency, ms);
      durationMs += ms;
      if (app.random() < share) failures += 1;
    }
    const byFault = faults.map((each) => (each === fault ? failures : 0));
    return {
      integrationId,
      organizationId,
      kind: 'call',
      hour,
      count,
      failures,
      durationMs,
      latency,
      faults: byFault,
    };
  }
}
