import { textOf } from '../../accounts/seed.ts';
import type { SandboxReply } from '../../exchange.ts';
import type { SampleAccount } from '../accounts.ts';
import type { Place } from '../address.ts';
import { bearerToken } from '../bearer.ts';
import { introspect } from '../introspect.ts';
import { json } from '../refusal.ts';
import { hexOf } from '../seed.ts';
import type { Call, Flavour } from '../side.ts';
import { without } from '../without.ts';

const organizationId = ({ organization }: SampleAccount) => `00D${textOf(organization, 15)}`;
const userId = ({ id }: SampleAccount) => `005${textOf(id, 15)}`;

/** The organization's own address; somebody who signs in at the common one has one as well. */
const instanceOf = ({ domain = '' }: Place, { organization }: SampleAccount) =>
  domain.endsWith('.my.salesforce.com')
    ? `https://${domain}`
    : `https://${organization.toLowerCase()}.my.salesforce.com`;

const identityOf = ({ domain }: Place, account: SampleAccount) =>
  `https://${domain}/id/${organizationId(account)}/${userId(account)}`;

/** Salesforce: the answer says where the organization is and who signed in, and not how long it lasts. */
export const salesforce: Flavour = {
  credentials: (name) => ({
    clientId: `3MVG9${textOf(name, 80)}`,
    clientSecret: hexOf(`${name}:secret`, 64).toUpperCase(),
  }),
  prefixes: { code: 'aPrx', access: '00D!AQ', refresh: '5Aep' },
  openid: {
    issuer: 'https://{domain}',
    jwksUrl: 'https://{domain}/id/keys',
    discoveryUrl: 'https://{domain}/.well-known/openid-configuration',
    userInfoUrl: 'https://{domain}/services/oauth2/userinfo',
    subject: (account) => `https://login.salesforce.com/id/${organizationId(account)}/${userId(account)}`,
  },
  offlineScopes: ['refresh_token', 'offline_access'],
  moreScopes: ['offline_access', 'profile', 'email'],
  answer(standard, { side, grant: { account, place } }) {
    return {
      ...without(standard, 'expires_in'),
      instance_url: instanceOf(place, account!),
      id: identityOf(place, account!),
      issued_at: String(side.clock()),
      signature: textOf(`signature:${account!.id}`, 43),
    };
  },
  refuse({ reason, error }) {
    switch (reason) {
      case 'unknown_client':
        return json(400, { error: 'invalid_client_id', error_description: 'client identifier invalid' });
      case 'wrong_secret':
        return json(400, { error, error_description: 'invalid client credentials' });
      case 'refresh_unknown':
      case 'refresh_revoked':
      case 'refresh_reused':
        return json(400, { error, error_description: 'expired access/refresh token' });
      case 'code_unknown':
        return json(400, { error, error_description: 'invalid authorization code' });
      case 'code_reused':
      case 'code_expired':
        return json(400, { error, error_description: 'expired authorization code' });
      default:
        return null;
    }
  },
  revocation: { open: true, strict: true },
  endpoints: [
    { url: 'https://{domain}/services/oauth2/introspect', handle: introspect },
    { url: 'https://{domain}/id/{organization}/{user}', handle: identity },
  ],
};

/** Who is behind a token. */
function identity(call: Call): SandboxReply {
  const account = bearerToken(call).grant.account!;
  return json(200, {
    id: identityOf(call.place, account),
    user_id: userId(account),
    organization_id: organizationId(account),
    username: account.email,
    display_name: account.name,
    email: account.email,
    active: true,
    urls: { rest: `${instanceOf(call.place, account)}/services/data/v{version}/` },
  });
}
