import type { FailoverConfig, FailoverMember } from '@trunkline/contract/failover';
import { providerOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';
import { capabilitiesOf } from '../../providers/adapters/capabilities-of.ts';
import type { Provider } from '../../providers/provider.ts';
import { readBackups, readConfig, readFilesToCopyBack, readMembers, readSwitches } from './queries.ts';
import type { ConfigRow, MemberRow } from './queries.ts';
import { restoreTime } from './rules.ts';

const defaults: Omit<ConfigRow, 'integrationId'> = {
  autoFailover: true,
  threshold: 3,
  alert: true,
  autoRestore: true,
  stabilityMinutes: 10,
  activeId: null,
  failedOverAt: null,
  trigger: null,
  healthySince: null,
  version: 0,
};

/** Integrations as members of a chain; those whose provider is gone are left out. */
export async function presentMembers(tx: Tx, ids: readonly string[] | null): Promise<FailoverMember[]> {
  const rows = await readMembers(tx, ids);
  const members: FailoverMember[] = [];
  for (const row of rows) {
    const provider = await providerOf(tx, row.provider).catch(() => null);
    if (provider !== null) members.push(presentMember(row, provider));
  }
  return members;
}

function presentMember(row: MemberRow, provider: Provider): FailoverMember {
  return {
    id: row.id,
    name: row.name,
    provider: { slug: provider.slug, name: provider.name },
    address: addressOf(row, provider),
    status: row.status,
    problem: row.problem,
    lastCheckAt: row.lastCheckAt?.toISOString() ?? null,
    consecutiveFailures: row.consecutiveFailures,
    capabilities: capabilitiesOf(provider),
  };
}

/** Where calls go, as far as it holds no value that is not shown. */
function addressOf({ plain }: MemberRow, { baseUrl, fixedValues }: Provider): string | null {
  const values: Record<string, string> = { ...plain, ...fixedValues };
  if (baseUrl === null) {
    const host = values['host'];
    return host === undefined ? (values['folder'] ?? null) : `${host}:${values['port'] ?? '587'}`;
  }
  const url = baseUrl.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  return /^https?:\/\/([^/{}]+)/.exec(url)?.[1] ?? null;
}

/**
 * The failover of an integration as the API shows it; one without rules has the defaults.
 *
 * @throws AppError `not_found`, `conflict` for one that can do nothing
 */
export async function presentConfig(tx: Tx, integrationId: string): Promise<FailoverConfig> {
  const all = await presentMembers(tx, null);
  const byId = new Map(all.map((member) => [member.id, member]));
  const primary = byId.get(integrationId);
  if (!primary) throw notFound('integration');
  const config = (await readConfig(tx, integrationId)) ?? { ...defaults, integrationId };
  const backups = (await readBackups(tx, integrationId)).flatMap((id) => byId.get(id) ?? []);
  const { healthySince, stabilityMinutes } = config;
  const [away] = await readFilesToCopyBack(tx, [integrationId]);
  const { waiting, givenUp, problem } = away ?? { waiting: 0, givenUp: 0, problem: null };
  return {
    integrationId,
    primary,
    backups,
    activeIntegrationId: config.activeId ?? integrationId,
    failedOverAt: config.failedOverAt?.toISOString() ?? null,
    trigger: config.trigger,
    restoreAt:
      healthySince === null
        ? null
        : new Date(restoreTime(healthySince.getTime(), stabilityMinutes)).toISOString(),
    backupIntegrationId: backups[0]?.id ?? null,
    enableAutoFailover: config.autoFailover,
    failoverThreshold: config.threshold,
    alertOnFailover: config.alert,
    autoRestore: config.autoRestore,
    stabilityMinutes,
    version: config.version,
    candidates: all.filter(
      ({ id, capabilities }) =>
        id !== integrationId && capabilities.some((name) => primary.capabilities.includes(name)),
    ),
    filesToCopyBack: { waiting, givenUp, problem },
    switches: await readSwitches(tx, integrationId, 20),
  };
}

/** @throws AppError `conflict` for an integration that can do nothing that a backup could do */
export function requireCapable({ name, capabilities }: FailoverMember): void {
  if (capabilities.length > 0) return;
  throw new AppError('conflict', `${name} does nothing that a backup could do in its place.`);
}
