import type { CredentialField, ErrorRule, Provider } from '../../providers/provider.ts';

/** What follows from the kind of a custom provider; who it is stands in every definition alike. */
export type KindParts = Pick<
  Provider,
  | 'auth'
  | 'adapters'
  | 'baseUrl'
  | 'health'
  | 'errors'
  | 'features'
  | 'setupSteps'
  | 'inbound'
  | 'fixedValues'
> & { sentence: string };

/** Every API means this by the status; what else it says is classified by the rules that hold for all providers. */
export const refusedCredentials: ErrorRule = {
  status: [401],
  fault: 'reauth',
  title: 'The credentials are not accepted',
  cause: 'They are wrong, expired, or were revoked.',
  fix: 'Connect again with new credentials.',
};

/** A secret of one connection. */
export function secretField(key: string, label: string, help: string): CredentialField {
  return { key, label, secret: true, help, level: 'account' };
}

/** Those of the fields whose keys are named, in the order of the names. */
export function pickFields(
  fields: readonly CredentialField[],
  ...keys: readonly string[]
): CredentialField[] {
  return keys.map((key) => {
    const field = fields.find((one) => one.key === key);
    if (!field) throw new Error(`there is no field ${key}`);
    return field;
  });
}
