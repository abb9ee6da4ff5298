import type { SandboxReply } from '../../exchange.ts';
import { bearerToken } from '../bearer.ts';
import { json } from '../refusal.ts';
import { digitsOf, hexOf } from '../seed.ts';
import type { Call, Flavour } from '../side.ts';

/** Mailchimp: a token for ever, and the account's data center from another address. */
export const mailchimp: Flavour = {
  credentials: (name) => ({ clientId: digitsOf(name, 12), clientSecret: hexOf(`${name}:secret`, 50) }),
  answer: ({ access_token }) => ({ access_token, expires_in: 0, scope: null }),
  endpoints: [{ url: 'https://login.mailchimp.com/oauth2/metadata', handle: metadata }],
};

function metadata(call: Call): SandboxReply {
  const account = bearerToken(call, ['oauth', 'bearer']).grant.account!;
  const dc = 'us6';
  return json(200, {
    dc,
    role: 'owner',
    accountname: account.organization,
    user_id: Number(digitsOf(account.organization, 8)),
    login: {
      email: account.email,
      login_id: Number(digitsOf(account.id, 8)),
      login_name: account.email,
      login_email: account.email,
    },
    login_url: 'https://login.mailchimp.com',
    api_endpoint: `https://${dc}.api.mailchimp.com`,
  });
}
