import { textOf } from '../../accounts/seed.ts';
import { introspect } from '../introspect.ts';
import { capitalsOf } from '../seed.ts';
import type { Flavour } from '../side.ts';

/** Okta: OpenID Connect in the domain of the organization. */
export const okta: Flavour = {
  credentials: (name) => ({ clientId: `0oa${textOf(name, 17)}`, clientSecret: textOf(`${name}:secret`, 64) }),
  openid: {
    issuer: 'https://{domain}',
    jwksUrl: 'https://{domain}/oauth2/v1/keys',
    discoveryUrl: 'https://{domain}/.well-known/openid-configuration',
    userInfoUrl: 'https://{domain}/oauth2/v1/userinfo',
    subject: ({ id }) => `00u${capitalsOf(id, 17)}`,
    claims: ({ email }) => ({ preferred_username: email }),
  },
  endpoints: [{ url: 'https://{domain}/oauth2/v1/introspect', handle: introspect }],
};
