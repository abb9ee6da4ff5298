import type { AccountFact, CredentialField, ErrorRule } from '../provider.ts';

/* What all of Microsoft Graph asks for and answers in the same words. */

export const microsoftAccount: readonly AccountFact[] = [
  { from: 'call', path: '/me', pointer: '/mail' },
  { from: 'call', path: '/me', pointer: '/userPrincipalName' },
];

export const microsoftClientId: CredentialField = {
  key: 'clientId',
  label: 'Application (client) ID',
  secret: false,
  help: 'Microsoft Entra admin center → App registrations → your app → Overview.',
  example: '00000000-0000-0000-0000-000000000000',
  level: 'app',
  pattern: /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
};

export const microsoftClientSecret: CredentialField = {
  key: 'clientSecret',
  label: 'Client secret',
  secret: true,
  help: 'Your app → Certificates & secrets → Client secrets → Value, not Secret ID. Shown only once.',
  level: 'app',
};

export const tenantId: CredentialField = {
  key: 'tenantId',
  label: 'Tenant',
  secret: false,
  help: 'Enter common when people of any organization may connect. Otherwise the directory (tenant) ID, from the Overview of your app.',
  example: 'common',
  level: 'app',
  pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
};

export const consentMissing: ErrorRule = {
  contains: 'AADSTS65001',
  fault: 'scope',
  title: 'A permission was not granted',
  cause: 'The person or the organization has not agreed to a permission that this needs.',
  fix: 'Reconnect and agree, or ask the Microsoft 365 administrator to agree for everybody.',
};

export const refreshTokenExpired: ErrorRule = {
  contains: 'AADSTS700082',
  fault: 'reauth',
  title: 'The connection has expired',
  cause: 'It was not used for too long.',
  fix: 'Reconnect the account.',
};

export const clientSecretExpired: ErrorRule = {
  contains: 'AADSTS7000222',
  fault: 'config',
  title: 'The client secret has expired',
  cause: 'Client secrets of Microsoft Entra end on the day that was set when they were made.',
  fix: 'Create a new client secret for the app and enter it here.',
};

export const clientSecretWrong: ErrorRule = {
  contains: 'AADSTS7000215',
  fault: 'config',
  title: 'The client secret is wrong',
  cause: 'The value is not a secret of this app; often its ID was copied instead.',
  fix: 'Copy the value of the client secret, not its ID.',
};

export const microsoftSignedOut: ErrorRule = {
  status: [401],
  fault: 'reauth',
  title: 'Microsoft no longer accepts the connection',
  cause: 'The access was revoked, or the token is not valid any more.',
  fix: 'Reconnect the account.',
};
