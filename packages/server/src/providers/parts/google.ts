import type { AccountFact, CredentialField, ErrorRule, Revocation, Scope } from '../provider.ts';

/* What all of Google asks for and answers in the same words. */

export const googleIssuer = 'https://accounts.google.com';

export const googleSignIn: readonly Scope[] = [
  { scope: 'openid', means: 'Know which account is connected', required: true },
  {
    scope: 'email',
    means: 'See the address of the account',
    required: true,
    grantedAs: ['https://www.googleapis.com/auth/userinfo.email'],
  },
];

export const googleAccount: readonly AccountFact[] = [
  { from: 'idToken', pointer: '/email' },
  { from: 'call', path: 'https://openidconnect.googleapis.com/v1/userinfo', pointer: '/email' },
];

/** Google asks for no client credentials here; either token ends the whole grant. */
export const googleRevocation: Revocation = { method: 'POST', form: { token: '{token}' } };

export const googleClientId: CredentialField = {
  key: 'clientId',
  label: 'Client ID',
  secret: false,
  help: 'Google Cloud console → APIs & Services → Credentials → OAuth 2.0 Client IDs.',
  example: '1234567890-abc.apps.googleusercontent.com',
  level: 'app',
};

export const googleClientSecret: CredentialField = {
  key: 'clientSecret',
  label: 'Client secret',
  secret: true,
  help: 'On the page of the same client; newer secrets are shown only when they are created.',
  level: 'app',
};

export const pushAudience: CredentialField = {
  key: 'pushAudience',
  label: 'Audience of the push subscription',
  secret: false,
  help: 'Google Cloud console → Pub/Sub → Subscriptions → your push subscription. Pushes for another audience are refused.',
  example: 'https://hub.example.com',
  level: 'app',
  optional: true,
};

export const pushServiceAccount: CredentialField = {
  key: 'pushServiceAccount',
  label: 'Service account of the push subscription',
  secret: false,
  help: 'On the same page. Pushes that are signed for another account are refused.',
  example: 'push@my-project.iam.gserviceaccount.com',
  level: 'app',
  optional: true,
  pattern: /^[^@\s]+@[^@\s]+$/,
};

export const googleScopeMissing: ErrorRule = {
  contains: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  fault: 'scope',
  title: 'A permission is missing',
  cause: 'The person did not tick a permission that this needs.',
  fix: 'Request the additional permission and tick it at Google.',
};

export const googleSignedOut: ErrorRule = {
  status: [401],
  fault: 'reauth',
  title: 'Google no longer accepts the connection',
  cause: 'The access was revoked, or the token is not valid any more.',
  fix: 'Reconnect.',
};
