import type { ApiLimits, LimitSettings, LimitUse, QuotaUse } from '@trunkline/contract/limits';
import type { App, Tx } from '../../ctx.ts';
import { effectiveLimits } from './effective-limits.ts';
import type { OwnLimits } from './effective-limits.ts';

interface WindowRow {
  id: string;
  name: string;
  preview: string;
  minuteUsed: number;
  hourUsed: number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** What an organization chose. */
export async function readOwnLimits(tx: Tx): Promise<OwnLimits> {
  const [row] = await tx.query<OwnLimits>(
    `SELECT key_per_minute AS "keyPerMinute", key_per_hour AS "keyPerHour",
       organization_per_hour AS "organizationPerHour"
     FROM api_settings WHERE organization_id = current_organization()`,
  );
  return row ?? { keyPerMinute: null, keyPerHour: null, organizationPerHour: null };
}

/** Limits and how far they are used, as the settings show them. */
export async function readLimitSettings(app: Pick<App, 'config'>, tx: Tx): Promise<LimitSettings> {
  const installation = app.config.rateLimits;
  const own = await readOwnLimits(tx);
  const effective = effectiveLimits(installation, own);
  return { installation, own, effective, use: effective === null ? null : await readLimitUse(tx, effective) };
}

/** How far the limits are used now, by the database's clock; null where requests are not limited. */
export async function readCurrentUse(app: Pick<App, 'config'>, tx: Tx): Promise<LimitUse | null> {
  const effective = effectiveLimits(app.config.rateLimits, await readOwnLimits(tx));
  return effective === null ? null : readLimitUse(tx, effective);
}

async function readLimitUse(tx: Tx, limits: ApiLimits): Promise<LimitUse> {
  const [clock] = await tx.query<{ now: Date; used: number | null }>(
    `SELECT clock.now, (SELECT used FROM api_limit_windows
       WHERE subject_id = current_organization() AND organization_id = current_organization() AND span = 'hour'
         AND starts_at >= date_trunc('hour', clock.now, 'UTC')) AS used
     FROM (SELECT api_limit_clock() AS now) clock`,
  );
  const { now, used } = clock!;
  const keys = await tx.query<WindowRow>(
    `SELECT k.id, k.name, k.preview,
       coalesce((SELECT used FROM api_limit_windows w WHERE w.subject_id = k.id AND w.span = 'minute'
         AND w.organization_id = current_organization() AND w.starts_at >= date_trunc('minute', $1::timestamptz, 'UTC')),
         0) AS "minuteUsed",
       coalesce((SELECT used FROM api_limit_windows w WHERE w.subject_id = k.id AND w.span = 'hour'
         AND w.organization_id = current_organization() AND w.starts_at >= date_trunc('hour', $1::timestamptz, 'UTC')),
         0) AS "hourUsed"
     FROM (
       SELECT id, CASE WHEN expires_at IS NULL THEN 'API key' ELSE 'Older API key' END AS name, preview,
         CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END AS place
       FROM api_keys WHERE organization_id = current_organization() AND (expires_at IS NULL OR expires_at > $1)
       UNION ALL
       SELECT id, name, preview, 2 FROM scoped_keys
       WHERE organization_id = current_organization() AND revoked_at IS NULL
         AND (expires_at IS NULL OR expires_at > $1)) k
     ORDER BY k.place, k.id DESC`,
    [now],
  );
  const at = now.getTime();
  const use = (limit: number, count: number, spanMs: number): QuotaUse => ({
    limit,
    used: count,
    resetsAt: new Date(at - (at % spanMs) + spanMs).toISOString(),
  });
  return {
    organization: use(limits.organizationPerHour, used ?? 0, hourMs),
    keys: keys.map((key) => ({
      id: key.id,
      name: key.name,
      keyPreview: key.preview,
      minute: use(limits.keyPerMinute, key.minuteUsed, minuteMs),
      hour: use(limits.keyPerHour, key.hourUsed, hourMs),
    })),
  };
}
