import { textOf } from '../../accounts/seed.ts';
import { json } from '../refusal.ts';
import type { Flavour } from '../side.ts';

/** LinkedIn calls every problem with a code `invalid_request`. */
export const linkedin: Flavour = {
  credentials: (name) => ({
    clientId: textOf(name, 14).toLowerCase(),
    clientSecret: `WPL_AP1.${textOf(`${name}:secret`, 16)}`,
  }),
  prefixes: { code: 'AQ', access: 'AQ' },
  openid: {
    issuer: 'https://www.linkedin.com/oauth',
    jwksUrl: 'https://www.linkedin.com/oauth/openid/jwks',
    discoveryUrl: 'https://www.linkedin.com/oauth/.well-known/openid-configuration',
    userInfoUrl: 'https://api.linkedin.com/v2/userinfo',
    subject: ({ id }) => textOf(id, 10),
  },
  refuse: ({ reason, message }) =>
    reason.startsWith('code_') || reason === 'redirect_mismatch'
      ? json(400, {
          error: 'invalid_request',
          error_description: `Unable to retrieve access token: ${message}`,
        })
      : null,
};
