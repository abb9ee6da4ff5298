import { saveOAuthApp as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { referredVariable, splitValues } from '../../connections/credentials.ts';
import type { CredentialSet } from '../../connections/credentials.ts';
import { appFields, appPlace, readOwnApp } from '../../connections/oauth-app.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { FieldError } from '../../errors.ts';
import type { CredentialField } from '../../providers/provider.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit, secretChanged } from '../audit/record-audit.ts';
import { appProvider } from './app-provider.ts';
import { presentApp } from './present-app.ts';
import { countByProvider } from './queries.ts';

/**
 * Stores the organization's own app at a provider. Secrets that are not named stay as they are; other values are
 * replaced. What is connected stays connected, and is renewed with the new values.
 *
 * @throws AppError `not_found`, `conflict` for a provider without apps, `invalid_input`
 */
export const saveOAuthApp: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const provider = await appProvider(tx, input.provider);
    const fields = appFields(provider);
    const before = await readOwnApp(app, tx, provider.slug);
    const set = mergedSet(fields, input.values, before);
    const faults = faultsOf(fields, input.values, set);
    if (faults.length > 0) {
      throw new AppError('invalid_input', faults[0]!.detail, { errors: faults });
    }
    const id = before?.id ?? app.newId();
    const secretKeys = Object.keys(set.secrets);
    await tx.query(
      `INSERT INTO oauth_apps (id, organization_id, provider, plain, secret_box, secret_keys, updated_at)
       VALUES ($1, current_organization(), $2, $3, $4, $5, $6)
       ON CONFLICT (organization_id, provider) DO UPDATE SET plain = $3, secret_box = $4, secret_keys = $5,
         updated_at = $6`,
      [
        id,
        provider.slug,
        JSON.stringify(set.plain),
        app.secretBox.seal(JSON.stringify(set.secrets), appPlace(tx.organizationId, id)),
        secretKeys,
        new Date(app.clock()),
      ],
    );
    const changed = secretKeys.filter((key) => set.secrets[key] !== before?.secrets[key]);
    await recordAudit(ctx, tx, {
      action: 'oauth_app.saved',
      target: { type: 'oauth_app', id, name: provider.name },
      changes: {
        ...changesBetween(before?.plain ?? {}, set.plain),
        ...Object.fromEntries(changed.map((key) => [key, secretChanged])),
      },
    });
    tx.announce('integrations');
    const counts = await countByProvider(tx);
    return presentApp(app, tx, provider, counts.get(provider.slug) ?? 0);
  });
};

function mergedSet(
  fields: readonly CredentialField[],
  values: Readonly<Record<string, string>>,
  before: CredentialSet | null,
): CredentialSet {
  const kept = fields.filter(({ key, secret }) => secret && (values[key] ?? '') === '');
  const stored = kept.flatMap(({ key }) => {
    const value = before?.secrets[key] ?? before?.plain[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return splitValues(fields, { ...Object.fromEntries(stored), ...notEmpty(values) });
}

const notEmpty = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );

function faultsOf(
  fields: readonly CredentialField[],
  values: Readonly<Record<string, string>>,
  set: CredentialSet,
): FieldError[] {
  const known = new Set(fields.map(({ key }) => key));
  const unknown = Object.keys(values)
    .filter((key) => !known.has(key))
    .map((key) => ({ pointer: pointerTo(key), detail: 'The app of this provider has no such value.' }));
  const wrong = fields.flatMap((field) => {
    const value = set.secrets[field.key] ?? set.plain[field.key];
    const detail = faultOf(field, value);
    return detail === null ? [] : [{ pointer: pointerTo(field.key), detail }];
  });
  return [...unknown, ...wrong];
}

function faultOf({ label, optional, pattern, options }: CredentialField, value: string | undefined) {
  if (value === undefined) return optional ? null : `${label} is missing.`;
  if (referredVariable(value) !== null) return null;
  if (options && !options.some((option) => option.value === value)) return `${label} is none of the choices.`;
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value)) {
    return `${label} does not have the right form.`;
  }
  return null;
}

const pointerTo = (key: string): string => `/values/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
