import type { ConnectionType, ProviderField } from '@trunkline/contract/catalog';
import type { StoredSecret } from '@trunkline/contract/integrations';

/** Values of credential fields as they are typed, by key. */
export type FieldValues = Record<string, string>;

/** The variable that a value names as `env:NAME`; null for a value of its own. */
export function environmentName(value: string): string | null {
  return /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value.trim())?.[1] ?? null;
}

/** Whether a secret of this key is stored already, so that an empty field keeps it. */
export function isStored(stored: readonly StoredSecret[], key: string): boolean {
  return stored.some((secret) => secret.key === key && (secret.preview ?? secret.reference) !== null);
}

function problemOf(field: ProviderField, value: string, kept: boolean): string | null {
  if (value.trim() === '') {
    if (field.optional || kept) return null;
    return `${field.label} is needed`;
  }
  if (value.trim().startsWith('env:')) {
    return environmentName(value) === null
      ? 'After env: comes the name of a variable: letters, digits and underscores'
      : null;
  }
  if (field.pattern && !new RegExp(`^(?:${field.pattern.source})$`, field.pattern.flags).test(value.trim())) {
    return field.example && !field.multiline
      ? `This does not look like a value of this kind. Example: ${field.example}`
      : 'This does not look like a value of this kind';
  }
  return null;
}

/**
 * What is wrong with the values as they are typed, by field: the form only; whether they are right, a test says.
 *
 * @param stored secrets that an empty field keeps
 */
export function credentialProblems(
  fields: readonly ProviderField[],
  values: Readonly<FieldValues>,
  stored: readonly StoredSecret[] = [],
): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const problem = problemOf(field, values[field.key] ?? '', isStored(stored, field.key));
    if (problem !== null) problems[field.key] = problem;
  }
  return problems;
}

/** The values to send: what belongs to a field and is not empty, without the blanks that pasting adds. */
export function enteredValues(fields: readonly ProviderField[], values: Readonly<FieldValues>): FieldValues {
  const entered: FieldValues = {};
  for (const { key, multiline } of fields) {
    const value = values[key] ?? '';
    if (value.trim() !== '') entered[key] = multiline ? value : value.trim();
  }
  return entered;
}

/** User names that are the same for everybody, by the host of the preset. */
const knownUsers: Record<string, string> = { 'smtp.sendgrid.net': 'apikey' };

/** The values that a new form of this connection begins with. */
export function startValues(type: ConnectionType, fields: readonly ProviderField[]): FieldValues {
  return type === 'smtp' && fields.some((field) => field.key === 'port') ? { port: '587' } : {};
}

/** The values after one of them was typed. A mail provider that is chosen fills in host and port (CONN-3). */
export function withValue(
  type: ConnectionType,
  values: Readonly<FieldValues>,
  key: string,
  value: string,
): FieldValues {
  const next = { ...values, [key]: value };
  if (type !== 'smtp' || key !== 'preset' || value === '') return next;
  const user = knownUsers[value];
  return { ...next, host: value, port: '587', ...(user ? { username: user } : {}) };
}

/** How a port of a mail server protects what is sent, in plain words; null for one that says nothing. */
export function portWords(port: string): string | null {
  if (port === '465') return 'Encrypted from the first byte (TLS).';
  if (port === '587' || port === '2525') {
    return 'Begins in the clear and is encrypted before the login (STARTTLS); without encryption it stops.';
  }
  if (port === '25') {
    return 'Not encrypted: user name, password and mail can be read on the way. Only for a server in your own network.';
  }
  return null;
}
