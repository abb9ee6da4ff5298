import type { Tx } from '../../ctx.ts';
import type { CompanyIntegrationRow } from './company-rules.ts';
import { webhookHostsOfRules } from './recommendations.ts';

/** The organization's integrations of one provider. */
export interface ProviderUse {
  provider: string;
  integrations: number;
  /** Those that are connected and switched on. */
  connected: number;
  /** Those that were begun and are not connected. */
  pending: number;
}

/** How the organization uses each provider that it has integrations of. */
export function readUses(tx: Tx): Promise<ProviderUse[]> {
  return tx.query<ProviderUse>(
    `SELECT provider, count(*)::int AS integrations,
       (count(*) FILTER (WHERE enabled AND connected_at IS NOT NULL))::int AS connected,
       (count(*) FILTER (WHERE connected_at IS NULL))::int AS pending
     FROM integrations WHERE organization_id = current_organization() AND deleted_at IS NULL
     GROUP BY provider`,
  );
}

/** Slugs of the providers that the organization has hidden, in their order. */
export async function readHidden(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ slug: string }>(
    'SELECT slug FROM hidden_providers WHERE organization_id = current_organization() ORDER BY slug COLLATE "C"',
  );
  return rows.map(({ slug }) => slug);
}

/** Those hosts that the rules of recommendations ask about and that a webhook sends to. */
export async function readWebhookHosts(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ host: string }>(
    `SELECT DISTINCT host FROM webhooks, lower(substring(url FROM '^https?://([^/:?#]+)')) AS host
     WHERE organization_id = current_organization() AND deleted_at IS NULL AND host = ANY ($1)`,
    [webhookHostsOfRules],
  );
  return rows.map(({ host }) => host);
}

/** Lets one change of the organization's catalog at a time pass, until the transaction ends. */
export async function lockCatalog(tx: Tx): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`catalog ${tx.organizationId}`]);
}

/** Hides these providers and no others. */
export async function writeHidden(tx: Tx, slugs: readonly string[]): Promise<void> {
  await tx.query(
    'DELETE FROM hidden_providers WHERE organization_id = current_organization() AND slug <> ALL ($1)',
    [slugs],
  );
  await tx.query(
    `INSERT INTO hidden_providers (organization_id, slug) SELECT current_organization(), unnest($1::text[])
     ON CONFLICT DO NOTHING`,
    [slugs],
  );
}

/** The organization's integrations of a provider, also those that are off or not connected yet. */
export async function countIntegrations(tx: Tx, provider: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM integrations
     WHERE organization_id = current_organization() AND provider = $1 AND deleted_at IS NULL`,
    [provider],
  );
  return row?.count ?? 0;
}

/** Says whether the organization has stored an app of its own at a provider. */
export async function hasOAuthApp(tx: Tx, provider: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT id FROM oauth_apps WHERE organization_id = current_organization() AND provider = $1',
    [provider],
  );
  return rows.length > 0;
}

/** Deletes a custom provider and what is stored under its slug beside integrations. */
export async function eraseCustomProvider(tx: Tx, slug: string): Promise<void> {
  for (const [table, column] of [
    ['oauth_apps', 'provider'],
    ['hidden_providers', 'slug'],
    ['custom_providers', 'slug'],
  ] as const) {
    await tx.query(`DELETE FROM ${table} WHERE organization_id = current_organization() AND ${column} = $1`, [
      slug,
    ]);
  }
}

/** The organization's integrations with their health, by name. */
export function readCompanyIntegrations(tx: Tx): Promise<CompanyIntegrationRow[]> {
  return tx.query<CompanyIntegrationRow>(
    `SELECT i.id, i.provider, i.name, i.enabled, i.settings, i.connected_at AS "connectedAt",
       i.connected_by_name AS "connectedBy", h.problem, h.last_ok_at AS "lastOkAt", t.expires_at AS "expiresAt"
     FROM integrations i
     LEFT JOIN integration_health h ON h.organization_id = i.organization_id AND h.integration_id = i.id
     LEFT JOIN oauth_tokens t ON t.organization_id = i.organization_id AND t.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL
     ORDER BY i.name, i.id`,
  );
}
