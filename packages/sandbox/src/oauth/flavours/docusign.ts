import type { SandboxReply } from '../../exchange.ts';
import { bearerToken } from '../bearer.ts';
import { json } from '../refusal.ts';
import { uuidOf } from '../seed.ts';
import type { Call, Flavour } from '../side.ts';

/** Docusign: where an account's API is, one learns from userinfo only. */
export const docusign: Flavour = {
  credentials: (name) => ({ clientId: uuidOf(name), clientSecret: uuidOf(`${name}:secret`) }),
  prefixes: { access: 'eyJ0' },
  moreScopes: ['openid', 'email', 'impersonation'],
  endpoints: [{ url: 'https://{accountHost}/oauth/userinfo', handle: userInfo }],
};

function userInfo(call: Call): SandboxReply {
  const account = bearerToken(call).grant.account!;
  return json(200, {
    sub: uuidOf(account.id),
    name: account.name,
    given_name: account.givenName,
    family_name: account.familyName,
    email: account.email,
    accounts: [
      {
        // The same as in the example of the catalog, so that whoever entered that is in the same account.
        account_id: '00000000-0000-0000-0000-000000000000',
        is_default: true,
        account_name: account.organization,
        base_uri: 'https://demo.docusign.net',
      },
    ],
  });
}
