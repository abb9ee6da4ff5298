import { connectionTypeOf } from '../../connections/connection-type.ts';
import { referredVariable } from '../../connections/credentials.ts';
import { AppError } from '../../errors.ts';
import type { FieldError } from '../../errors.ts';
import type { Auth, CredentialField, SettingField } from '../../providers/provider.ts';

/** After this a person is reminded to replace credentials (CONN-8). */
const rotationAgeMs = 90 * 86_400_000;

/** Says whether credentials of this age should be replaced. */
export function rotationDue(changedAt: Date, now: number): boolean {
  return now - changedAt.getTime() >= rotationAgeMs;
}

/**
 * The fields that a person fills in for one integration. Those of an OAuth app are entered once for all integrations of
 * the provider and are not among them.
 */
export function accountFields(auth: Auth): readonly CredentialField[] {
  return auth.type === 'oauth2' ? auth.fields.filter(({ level }) => level === 'account') : auth.fields;
}

/** Says whether the way to connect needs a person's consent in the browser. */
export function needsConsent(auth: Auth): boolean {
  return connectionTypeOf(auth) === 'oauth2';
}

/**
 * Checks the form of what was entered.
 *
 * @param complete whether every field that is not optional must be there
 * @throws AppError `invalid_input` with every fault; a fault never holds the value
 */
export function requireGoodValues(
  fields: readonly CredentialField[],
  values: Readonly<Record<string, string>>,
  complete: boolean,
): void {
  const errors = [
    ...Object.keys(values)
      .filter((key) => !fields.some((field) => field.key === key))
      .map((key) => ({ pointer: pointer('values', key), detail: 'There is no such field here.' })),
    ...fields.flatMap((field) => {
      const detail = faultOf(field, values[field.key] ?? '', complete);
      return detail === null ? [] : [{ pointer: pointer('values', field.key), detail }];
    }),
  ];
  refuse(errors);
}

function faultOf(field: CredentialField, value: string, complete: boolean): string | null {
  if (value === '') return complete && !field.optional ? `${field.label} is missing.` : null;
  if (referredVariable(value) !== null) return null;
  if (field.options && !field.options.some((option) => option.value === value)) {
    return `Choose one of ${field.options.map((option) => option.label).join(', ')}.`;
  }
  if (!field.multiline && /[\r\n]/.test(value)) return `${field.label} has a line break in it.`;
  if (field.pattern && !new RegExp(`^(?:${field.pattern.source})$`, field.pattern.flags).test(value)) {
    return field.example === undefined
      ? `${field.label} does not look as it should.`
      : `${field.label} does not look like ${field.example}.`;
  }
  return null;
}

/** @throws AppError `invalid_input` for a setting that the provider does not have, or a value of the wrong kind */
export function requireGoodSettings(
  fields: readonly SettingField[],
  settings: Readonly<Record<string, string | number | boolean>>,
): void {
  const kinds = { text: 'string', number: 'number', switch: 'boolean', select: 'string' } as const;
  refuse(
    Object.entries(settings).flatMap(([key, value]) => {
      const field = fields.find((each) => each.key === key);
      if (!field) return [{ pointer: pointer('settings', key), detail: 'There is no such setting here.' }];
      const rightKind = typeof value === kinds[field.type];
      const rightChoice =
        field.type !== 'select' || (field.options ?? []).some((option) => option.value === value);
      if (rightKind && rightChoice) return [];
      return [{ pointer: pointer('settings', key), detail: `${field.label} does not take this value.` }];
    }),
  );
}

function refuse(errors: FieldError[]): void {
  const [first] = errors;
  if (first) throw new AppError('invalid_input', first.detail, { errors });
}

function pointer(part: string, key: string): string {
  return `/${part}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
