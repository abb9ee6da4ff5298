import type { CheckProblem } from '@trunkline/contract/checks';
import type { Integration, IntegrationStatus } from '@trunkline/contract/integrations';
import type { Provider } from '../../providers/provider.ts';
import { presentIdentity } from '../catalog/present-provider.ts';

export interface IntegrationRow {
  id: string;
  provider: string;
  name: string;
  authType: string;
  enabled: boolean;
  status: IntegrationStatus;
  since: Date;
  problem: CheckProblem | null;
  account: string | null;
  place: string | null;
  startedBy: number | null;
  connectedAt: Date | null;
  connectedById: string | null;
  connectedByName: string | null;
  lastCheckAt: Date | null;
  lastOkAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** An integration as a list shows it. */
export function presentIntegration(row: IntegrationRow, provider: Provider): Integration {
  const { slug, name, category, description, byFiles, custom } = presentIdentity(provider);
  return {
    id: row.id,
    name: row.name,
    provider: {
      slug,
      name,
      category,
      description,
      byFiles,
      custom,
      statusPageUrl: provider.statusPageUrl,
    },
    authType: row.authType as Integration['authType'],
    status: row.status,
    statusSince: row.since.toISOString(),
    problem: row.problem,
    account: row.account,
    place: row.place,
    startedBy: row.startedBy,
    enabled: row.enabled,
    connectedAt: row.connectedAt?.toISOString() ?? null,
    connectedBy: row.connectedByName === null ? null : { id: row.connectedById, name: row.connectedByName },
    lastCheckAt: row.lastCheckAt?.toISOString() ?? null,
    lastSyncAt: row.lastOkAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
