import type { CheckProblem } from '@trunkline/contract/checks';
import type { CompanyIntegration, CompanyProvider } from '@trunkline/contract/company-integrations';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { statusOf } from '../../connections/status.ts';
import type { Auth, Provider } from '../../providers/provider.ts';
import { permissionsOf } from './words.ts';

/** An integration as it is stored, with its health. */
export interface CompanyIntegrationRow {
  id: string;
  provider: string;
  name: string;
  enabled: boolean;
  settings: Record<string, string | number | boolean>;
  connectedAt: Date | null;
  connectedBy: string | null;
  problem: CheckProblem | null;
  lastOkAt: Date | null;
  expiresAt: Date | null;
}

/** S17's words for our categories; the others keep their own. */
const companyCategories: Partial<Record<ProviderCategory, string>> = {
  email: 'communication',
  calendar: 'communication',
  chat: 'communication',
  sms: 'communication',
  messaging: 'communication',
  phone: 'communication',
  video: 'communication',
  'e-commerce': 'ecommerce',
};

function companyAuthType({ type }: Auth): string {
  if (type === 'inbound') return 'webhook';
  return type === 'basic' || type === 'signed' ? 'api_key' : type;
}

/** What a degraded integration does still works. */
const companyStatuses: Record<IntegrationStatus, CompanyIntegration['status']> = {
  active: 'active',
  degraded: 'active',
  error: 'error',
  pending: 'pending',
  disabled: 'disabled',
};

/** A provider in S17's words. */
export function presentCompanyProvider(provider: Provider, hidden: boolean): CompanyProvider {
  const { slug, name, description, category, features, auth } = provider;
  return {
    id: slug,
    name,
    slug,
    description,
    category: companyCategories[category] ?? category,
    logoUrl: null,
    features: [...features],
    permissions: permissionsOf(auth[0], provider).map(({ text }) => text),
    authType: companyAuthType(auth[0]),
    isAvailable: !hidden,
  };
}

/** An integration in S17's words. */
export function presentCompanyIntegration(
  row: CompanyIntegrationRow,
  companyId: string,
  integration: CompanyProvider,
): CompanyIntegration {
  const { problem } = row;
  return {
    id: row.id,
    companyId,
    integrationId: row.provider,
    name: row.name,
    integration,
    status: companyStatuses[statusOf({ enabled: row.enabled, connected: row.connectedAt !== null, problem })],
    config: row.settings,
    credentials: { expiresAt: row.expiresAt?.toISOString() ?? null },
    connectedBy: row.connectedBy,
    connectedAt: row.connectedAt?.toISOString() ?? null,
    lastSyncAt: row.lastOkAt?.toISOString() ?? null,
    errorMessage: problem && `${problem.title}. ${problem.cause}`,
  };
}
