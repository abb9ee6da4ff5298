import { textOf } from '../../accounts/seed.ts';
import { json } from '../refusal.ts';
import { digitsOf, hexOf } from '../seed.ts';
import type { Flavour } from '../side.ts';

const longName: Record<string, string> = {
  email: 'https://www.googleapis.com/auth/userinfo.email',
  profile: 'https://www.googleapis.com/auth/userinfo.profile',
};
const aboutPerson = ['openid', 'email', 'profile', ...Object.values(longName)];

/** Google names the scopes `email` and `profile` by their long names in its answers. */
const spelled = (scopes: readonly string[]) =>
  [...new Set(scopes.map((scope) => longName[scope] ?? scope))].join(' ');

/** Gmail, Calendar, Meet and Analytics: refresh tokens only on demand, consent in part and bit by bit. */
export const google: Flavour = {
  credentials: (name) => ({
    clientId: `${digitsOf(name, 12)}-${hexOf(`${name}:id`, 32)}.apps.googleusercontent.com`,
    clientSecret: `GOCSPX-${textOf(`${name}:secret`, 28)}`,
  }),
  prefixes: { code: '4/0A', access: 'ya29.', refresh: '1//0' },
  openid: {
    issuer: 'https://accounts.google.com',
    jwksUrl: 'https://www.googleapis.com/oauth2/v3/certs',
    discoveryUrl: 'https://accounts.google.com/.well-known/openid-configuration',
    userInfoUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
    subject: ({ id }) => digitsOf(id, 21),
    claims: ({ email }) => ({ hd: email.split('@')[1] }),
  },
  sendsIssuer: true,
  partialConsent: { always: aboutPerson },
  accumulates: 'on_request',
  moreScopes: aboutPerson,
  wantsRefreshToken: (parameters, consentedBefore) =>
    parameters.get('access_type') === 'offline' &&
    (!consentedBefore || (parameters.get('prompt') ?? '').split(' ').includes('consent')),
  extendRedirect(parameters, { scopes }) {
    parameters.set('scope', spelled(scopes));
    parameters.set('authuser', '0');
    parameters.set('prompt', 'consent');
  },
  answer: (standard, { scopes }) => ({ ...standard, scope: spelled(scopes) }),
  refuse({ reason, status }) {
    switch (reason) {
      case 'redirect_mismatch':
        return json(400, { error: 'redirect_uri_mismatch', error_description: 'Bad Request' });
      case 'refresh_revoked':
      case 'refresh_reused':
        return json(400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' });
      case 'token_invalid':
        return status === 400
          ? json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' })
          : null;
      default:
        return null;
    }
  },
  revocation: { open: true, endsConsent: true, strict: true, success: {} },
};
