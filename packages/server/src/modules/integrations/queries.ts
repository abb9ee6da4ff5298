import type { CheckReport } from '@trunkline/contract/checks';
import type {
  Integration,
  IntegrationSort,
  IntegrationCounts,
  IntegrationDetail,
  IntegrationStatus,
} from '@trunkline/contract/integrations';
import type { App, Tx } from '../../ctx.ts';
import { authOf } from '../../connections/connection-type.ts';
import { presentSecrets } from '../../connections/credentials.ts';
import { readUsage } from '../../connections/limits.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { statusSql } from '../../connections/status.ts';
import { notFound } from '../../errors.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Provider } from '../../providers/provider.ts';
import { presentIntegration } from './present-integration.ts';
import type { IntegrationRow } from './present-integration.ts';
import { capabilitiesOf } from '../../providers/adapters/capabilities-of.ts';
import { rotationDue } from './rules.ts';

interface DetailRow extends IntegrationRow {
  settings: Record<string, string | number | boolean>;
  perHour: number | null;
  perDay: number | null;
  onLimit: 'queue' | 'refuse';
  report: CheckReport | null;
  nextCheckAt: Date | null;
}

interface CredentialRow {
  state: 'current' | 'next';
  plain: Record<string, string>;
  previews: Record<string, string>;
  createdAt: Date;
  createdById: string | null;
  createdByName: string;
  report: CheckReport | null;
}

/** The setting of a provider that writes to a channel, or the address of one that gets mail. */
const placeSql = `coalesce(nullif(i.settings ->> 'channel', ''),
  (SELECT c.plain ->> 'inboundAddress' FROM integration_credentials c
   WHERE c.integration_id = i.id AND c.state = 'current'))`;

/** Providers whose flows are started by calling an address; the texts are our own. */
const starts = allProviders.flatMap(({ slug, startsAt }) =>
  startsAt === undefined ? [] : [[slug, startsAt] as const],
);

/** Webhooks that start flows of the provider. */
const startedBySql = `CASE i.provider ${starts
  .map(
    ([slug, startsAt]) => `WHEN '${slug}' THEN (SELECT count(*)::int FROM webhooks w
      WHERE w.organization_id = i.organization_id AND w.deleted_at IS NULL AND w.enabled AND NOT w.paused
        AND starts_with(w.url, '${startsAt}'))`,
  )
  .join(' ')} END`;

const columns = `i.id, i.provider, i.name, i.auth_type AS "authType", i.enabled, ${statusSql} AS status, h.since,
  h.problem, i.account, ${placeSql} AS place, ${startedBySql} AS "startedBy", i.connected_at AS "connectedAt", i.connected_by_id AS "connectedById",
  i.connected_by_name AS "connectedByName", h.last_check_at AS "lastCheckAt", h.last_ok_at AS "lastOkAt",
  i.created_at AS "createdAt", i.updated_at AS "updatedAt"`;

const known = 'i.organization_id = current_organization() AND i.deleted_at IS NULL';
const from = `FROM integrations i JOIN integration_health h ON h.integration_id = i.id WHERE ${known}`;

/** Problems first; within a status in the order of the names. */
const order = ['error', 'degraded', 'pending', 'active', 'disabled'] as const;
const rank = `array_position(ARRAY['${order.join(`', '`)}'], ${statusSql})`;

export interface ListFilter {
  status?: IntegrationStatus | undefined;
  provider?: string | undefined;
  search?: string | undefined;
  /** Slugs of the providers whose names match the search. */
  searchedProviders: string[];
}

/** In which order; what has no value comes last either way, and the name decides among equals. */
export interface Order {
  sort: IntegrationSort;
  descending: boolean;
  /** For what no column holds: by slug of the provider for `category`, by id for the others. */
  values: ReadonlyMap<string, number>;
}

/** The number that an integration has in an order. */
const numbers: Record<IntegrationSort, string> = {
  status: `${rank}::float8`,
  name: '0::float8',
  category: 'v.value',
  lastSync: 'extract(epoch FROM h.last_ok_at)::float8',
  lastCheck: 'extract(epoch FROM h.last_check_at)::float8',
  success: 'v.value',
  p95: 'v.value',
  uptime: 'v.value',
  measured: 'v.value',
};

/** Beyond all numbers, and still one that a cursor can hold. */
const beyond = '1e300';

/** Where a page ended. */
export interface Position {
  rank: number;
  name: string;
  id: string;
}

export async function listIntegrationRows(
  tx: Tx,
  filter: ListFilter,
  { sort, descending, values }: Order,
  after: Position | undefined,
  limit: number,
): Promise<(IntegrationRow & { rank: number; sorted: string })[]> {
  const number = `coalesce(${descending ? '-' : ''}(${numbers[sort]}), ${beyond})`;
  const backwards = sort === 'name' && descending;
  return tx.query(
    `SELECT * FROM (SELECT ${columns}, ${number} AS rank, lower(i.name) AS sorted
       FROM integrations i JOIN integration_health h ON h.integration_id = i.id
         LEFT JOIN unnest($9::text[], $10::float8[]) AS v (key, value)
           ON v.key = ${sort === 'category' ? 'i.provider' : 'i.id::text'}
       WHERE ${known}
       AND ($1::text IS NULL OR i.provider = $1)
       AND ($2::text IS NULL OR strpos(lower(i.name), $2) > 0 OR strpos(lower(coalesce(i.account, '')), $2) > 0
         OR i.provider = ANY($3))) page
     WHERE ($4::text IS NULL OR status = $4)
       AND ($5::float8 IS NULL OR rank > $5::float8
         OR rank = $5::float8 AND (sorted, id) ${backwards ? '<' : '>'} ($6::text, $7::uuid))
     ORDER BY rank, ${backwards ? 'sorted DESC, id DESC' : 'sorted, id'} LIMIT $8`,
    [
      filter.provider ?? null,
      filter.search?.toLowerCase() ?? null,
      filter.searchedProviders,
      filter.status ?? null,
      after?.rank ?? null,
      after?.name ?? null,
      after?.id ?? null,
      limit,
      [...values.keys()],
      [...values.values()],
    ],
  );
}

/** All integrations of the organization. */
export async function readIntegrationIds(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`SELECT i.id FROM integrations i WHERE ${known}`);
  return rows.map(({ id }) => id);
}

export async function countIntegrations(tx: Tx): Promise<IntegrationCounts> {
  const [counts] = await tx.query<IntegrationCounts>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE s.status = 'active')::int AS active,
       count(*) FILTER (WHERE s.status = 'degraded')::int AS degraded,
       count(*) FILTER (WHERE s.status = 'error')::int AS errors,
       count(*) FILTER (WHERE s.status = 'pending')::int AS pending,
       count(*) FILTER (WHERE s.status = 'disabled')::int AS disabled
     FROM (SELECT ${statusSql} AS status ${from}) s`,
  );
  return counts!;
}

/** The integration's row, locked for a change. @throws AppError `not_found` */
export async function lockIntegration(tx: Tx, id: string): Promise<void> {
  const rows = await tx.query(
    `SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL
     FOR UPDATE`,
    [id],
  );
  if (rows.length === 0) throw notFound('integration');
}

/** An integration as the API shows it. @throws AppError `not_found` */
export async function readIntegration(
  app: Pick<App, 'clock'>,
  tx: Tx,
  id: string,
): Promise<IntegrationDetail> {
  const [row] = await tx.query<DetailRow>(
    `SELECT ${columns}, i.settings, i.limit_per_hour AS "perHour", i.limit_per_day AS "perDay",
       i.on_limit AS "onLimit", h.report,
       CASE WHEN isfinite(h.check_due_at) THEN h.check_due_at END AS "nextCheckAt" ${from} AND i.id = $1`,
    [id],
  );
  if (!row) throw notFound('integration');
  const provider = await providerOf(tx, row.provider);
  const sets = await tx.query<CredentialRow>(
    `SELECT state, plain, previews, created_at AS "createdAt", created_by_id AS "createdById",
       created_by_name AS "createdByName", report
     FROM integration_credentials WHERE organization_id = current_organization() AND integration_id = $1`,
    [id],
  );
  const current = sets.find(({ state }) => state === 'current');
  const next = sets.find(({ state }) => state === 'next');
  const fields = authOf(provider, row.authType)?.fields ?? [];
  const secretKeys = new Set(fields.filter(({ secret }) => secret).map(({ key }) => key));
  const { perHour, perDay, onLimit } = row;
  return {
    ...presentIntegration(row, provider),
    values: Object.fromEntries(Object.entries(current?.plain ?? {}).filter(([key]) => !secretKeys.has(key))),
    secrets: presentSecrets(fields, current?.plain ?? {}, current?.previews ?? {}),
    credentialsChangedAt: current?.createdAt.toISOString() ?? null,
    rotationDue: current !== undefined && rotationDue(current.createdAt, app.clock()),
    next: next
      ? {
          createdAt: next.createdAt.toISOString(),
          createdBy: { id: next.createdById, name: next.createdByName },
          report: next.report,
        }
      : null,
    // A stored setting that the provider has no longer is not shown, as nobody could save it again.
    settings: Object.fromEntries(
      provider.settings.map(({ key, default: value }) => [key, row.settings[key] ?? value]),
    ),
    limits: { perHour, perDay, onLimit },
    usage: await readUsage(tx, id, app.clock()),
    offers: capabilitiesOf(provider),
    report: row.report,
    nextCheckAt: row.nextCheckAt?.toISOString() ?? null,
  };
}

/** Presents a page of rows. */
export function presentRows(providers: readonly Provider[], rows: readonly IntegrationRow[]): Integration[] {
  const bySlug = new Map(providers.map((provider) => [provider.slug, provider]));
  return rows.flatMap((row) => {
    const provider = bySlug.get(row.provider);
    return provider ? [presentIntegration(row, provider)] : [];
  });
}
