import type { AutomationSource } from '@trunkline/contract/automation-templates';
import type { AutomationStep, AutomationTrigger } from '@trunkline/contract/automations';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { providerOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import { fieldError, notFound } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';

/* Switches on the page of an integration: each is an automation through this integration. */

export interface SwitchRow<Key extends string> {
  id: string;
  key: Key;
  name: string;
  enabled: boolean;
  trigger: AutomationTrigger;
  steps: AutomationStep[];
}

/** How the automation of a switch is marked. */
export const templateOf = (key: string): string => `switch-${key}`;

/** The automations of these switches that were made for an integration. */
export async function readSwitchRows<Key extends string>(
  tx: Tx,
  integrationId: string,
  keys: readonly Key[],
): Promise<SwitchRow<Key>[]> {
  return tx.query<SwitchRow<Key>>(
    `SELECT id, substr(template, length('switch-') + 1) AS key, name, enabled, trigger, steps FROM automations
     WHERE organization_id = current_organization() AND integration_id = $1 AND deleted_at IS NULL
       AND template = ANY($2)`,
    [integrationId, keys.map(templateOf)],
  );
}

/** The steps of a switch's automation: through this integration. */
export function stepsThrough(integrationId: string, { steps }: AutomationSource): AutomationStep[] {
  return steps.map((step) => ({ ...step, integrationId }));
}

/**
 * Two who press a switch at once wait for each other here.
 *
 * @param lacks what is said of an integration that cannot do it, behind its name
 * @throws AppError `not_found`, `invalid_input` for one that cannot do it
 */
export async function lockOffering(
  tx: Tx,
  integrationId: string,
  capability: CapabilityName,
  lacks: string,
): Promise<void> {
  await requireOffering(tx, integrationId, capability, lacks);
  await tx.query(
    'SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 FOR UPDATE',
    [integrationId],
  );
}

/** As {@link lockOffering}, without a lock. */
export async function requireOffering(
  tx: Tx,
  integrationId: string,
  capability: CapabilityName,
  lacks: string,
): Promise<void> {
  const [row] = await tx.query<{ name: string; provider: string }>(
    `SELECT name, provider FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL`,
    [integrationId],
  );
  if (!row) throw notFound('integration');
  const provider = await providerOf(tx, row.provider);
  if (provider.adapters?.[capability] === undefined) {
    throw fieldError('invalid_input', '/integrationId', `${row.name} ${lacks}.`);
  }
}

/** Whether triggers or steps are the same, however their fields are ordered. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
