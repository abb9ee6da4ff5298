import { textOf } from '../../accounts/seed.ts';
import type { SandboxReply } from '../../exchange.ts';
import type { SampleAccount } from '../accounts.ts';
import { needed, programParameters } from '../parameters.ts';
import { json, Refusal } from '../refusal.ts';
import { endAll } from '../revoke-endpoint.ts';
import type { Call, Flavour } from '../side.ts';

const accountId = ({ id }: SampleAccount) => `acct_${textOf(id, 16)}`;

/** Stripe Connect: the platform's secret key is the client secret, and an account is what one gets. */
export const stripeConnect: Flavour = {
  credentials: (name) => ({
    clientId: `ca_${textOf(name, 32)}`,
    clientSecret: `sk_test_${textOf(`${name}:secret`, 48)}`,
  }),
  prefixes: { code: 'ac_', access: 'sk_test_' },
  extendRedirect: (parameters, { scopes }) => parameters.set('scope', scopes.join(' ')),
  answer: (standard, { grant }) => ({
    ...standard,
    token_type: 'bearer',
    livemode: false,
    stripe_user_id: accountId(grant.account!),
    stripe_publishable_key: `pk_test_${textOf(`${grant.account!.id}:publishable`, 24)}`,
  }),
  revocation: { handle: deauthorize },
};

/** Takes the account, not its token, and the platform's key in any of three ways. */
function deauthorize({ side, request }: Call): SandboxReply {
  if (request.method !== 'POST') throw new Refusal('malformed', { status: 405, headers: { allow: 'POST' } });
  const parameters = programParameters(request);
  const client = side.clients.find(needed(parameters, 'client_id'));
  const [scheme, text] = (request.headers['authorization'] ?? '').split(' ');
  const basic =
    scheme === 'Basic'
      ? Buffer.from(text ?? '', 'base64')
          .toString('utf8')
          .split(':')[0]
      : text;
  if (!client || client.clientSecret !== (parameters.get('client_secret') ?? basic))
    throw new Refusal(client ? 'wrong_secret' : 'unknown_client');
  const wanted = needed(parameters, 'stripe_user_id');
  const account = side.accounts.find((candidate) => accountId(candidate) === wanted);
  if (!account || !endAll(side, client, account)) throw new Refusal('unknown_client');
  return json(200, { stripe_user_id: wanted });
}
