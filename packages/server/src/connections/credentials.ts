import type { StoredSecret } from '@trunkline/contract/integrations';
import type { App } from '../ctx.ts';
import type { SecretPlace } from '../lib/secret-box.ts';
import type { CredentialField } from '../providers/provider.ts';

/** A set of credentials as it is stored: what is not secret in the open, the rest in one box. */
export interface CredentialSet {
  /** Values that are not secret, and references `env:NAME` of any field. */
  plain: Record<string, string>;
  secrets: Record<string, string>;
}

/** Where the box of a set of credentials belongs. */
export function credentialPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'integration_credentials', row: id, column: 'secret_box' };
}

const reference = /^env:([A-Za-z_][A-Za-z0-9_]*)$/;

/** The variable that a value refers to, or null for a value of its own. */
export function referredVariable(value: string): string | null {
  return reference.exec(value)?.[1] ?? null;
}

/** Splits values by their fields; an empty text is no value. Fields that the provider does not have are dropped. */
export function splitValues(
  fields: readonly CredentialField[],
  values: Readonly<Record<string, string>>,
): CredentialSet {
  const set: CredentialSet = { plain: {}, secrets: {} };
  for (const { key, secret } of fields) {
    const value = values[key];
    if (value === undefined || value === '') continue;
    if (secret && referredVariable(value) === null) set.secrets[key] = value;
    else set.plain[key] = value;
  }
  return set;
}

/** How a secret may be shown: its last characters when it is long enough that they give nothing away. */
export function previewOf(secret: string): string {
  return secret.length >= 20 ? `••••••••${secret.slice(-4)}` : '••••••••';
}

/** The secrets of a set as the browser may see them. */
export function presentSecrets(
  fields: readonly CredentialField[],
  plain: Readonly<Record<string, string>>,
  previews: Readonly<Record<string, string>>,
): StoredSecret[] {
  return fields
    .filter(({ secret }) => secret)
    .map(({ key }) => ({ key, preview: previews[key] ?? null, reference: plain[key] ?? null }));
}

/**
 * The values of a set with its references resolved.
 *
 * @throws RangeError that names the variable, when it is not released for this organization
 */
export function resolveValues(
  config: Pick<App['config'], 'credentialVariables'>,
  organizationId: string,
  set: CredentialSet,
): Record<string, string> {
  const values: Record<string, string> = { ...set.secrets };
  for (const [key, value] of Object.entries(set.plain)) {
    const name = referredVariable(value);
    values[key] = name === null ? value : variable(config, organizationId, name);
  }
  return values;
}

function variable(
  config: Pick<App['config'], 'credentialVariables'>,
  organizationId: string,
  name: string,
): string {
  const released = config.credentialVariables.get(name);
  // The same for a variable that is not there and for one of somebody else, so that names cannot be probed.
  if (!released || (released.organizationId !== null && released.organizationId !== organizationId)) {
    throw new RangeError(
      `The variable ${name} is not released for this organization. The operator names it in TRUNKLINE_CREDENTIAL_VARIABLES.`,
    );
  }
  return released.value;
}
