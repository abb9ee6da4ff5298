import { textOf } from '../../accounts/seed.ts';
import type { SandboxReply } from '../../exchange.ts';
import type { SampleAccount } from '../accounts.ts';
import { firstOf, formOf } from '../parameters.ts';
import { json, Refusal } from '../refusal.ts';
import type { RefusalReason } from '../refusal.ts';
import { endToken } from '../revoke-endpoint.ts';
import { capitalsOf, digitsOf, hexOf } from '../seed.ts';
import type { Call, Flavour } from '../side.ts';

/** Slack has its own word for most refusals. */
const words: Partial<Record<RefusalReason, string>> = {
  unknown_client: 'invalid_client_id',
  no_authentication: 'invalid_client_id',
  wrong_authentication: 'bad_client_secret',
  wrong_secret: 'bad_client_secret',
  redirect_mismatch: 'bad_redirect_uri',
  code_unknown: 'invalid_code',
  code_expired: 'invalid_code',
  code_of_other_client: 'invalid_code',
  code_reused: 'code_already_used',
  refresh_unknown: 'invalid_refresh_token',
  refresh_revoked: 'invalid_refresh_token',
  refresh_reused: 'invalid_refresh_token',
  refresh_of_other_client: 'invalid_refresh_token',
  unsupported_grant: 'invalid_grant_type',
  grant_not_allowed: 'invalid_grant_type',
  token_invalid: 'invalid_auth',
};

/** Slack, OAuth v2 with a bot token: `ok` in every answer, errors with status 200. */
export const slack: Flavour = {
  credentials: (name) => ({
    clientId: `${digitsOf(name, 12)}.${digitsOf(`${name}:app`, 13)}`,
    clientSecret: hexOf(`${name}:secret`, 32),
  }),
  prefixes: { access: 'xoxb-', refresh: 'xoxe-1-' },
  accumulates: 'always',
  impliedResponseType: true,
  answer({ scope, ...standard }, { grant, scopes }) {
    const account = grant.account!;
    return {
      ok: true,
      app_id: `A${capitalsOf(grant.client.clientId, 10)}`,
      authed_user: { id: `U${capitalsOf(account.id, 10)}` },
      ...standard,
      scope,
      token_type: 'bot',
      bot_user_id: `U${capitalsOf(`bot:${account.id}`, 10)}`,
      team: teamOf(account),
      enterprise: null,
      is_enterprise_install: false,
      ...(scopes.includes('incoming-webhook') ? { incoming_webhook: webhookOf(account) } : {}),
    };
  },
  refuse({ reason, error, status }) {
    if (status >= 500) return null;
    return json(200, {
      ok: false,
      error: words[reason] ?? (reason === 'commanded' ? error : 'invalid_arguments'),
    });
  },
  revocation: { handle: revoke },
};

function teamOf({ organization }: SampleAccount) {
  return { id: `T${capitalsOf(organization, 10)}`, name: organization };
}

function webhookOf(account: SampleAccount) {
  const { id } = teamOf(account);
  const channel = `C${capitalsOf(`general:${account.id}`, 10)}`;
  const secret = textOf(`webhook:${account.id}`, 24);
  return {
    channel: '#general',
    channel_id: channel,
    configuration_url: `https://${account.organization.toLowerCase()}.slack.com/services/B${capitalsOf(channel, 10)}`,
    url: `https://hooks.slack.com/services/${id}/B${capitalsOf(channel, 10)}/${secret}`,
  };
}

/** `auth.revoke`: the token itself is the permission. */
function revoke({ side, request }: Call): SandboxReply {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const parameters = firstOf(new URLSearchParams([...request.query, ...(formOf(request) ?? [])]));
  const text = bearer ?? parameters.get('token') ?? '';
  const token = side.grants.findAccess(text);
  if (!token || !side.grants.isActive(token)) throw new Refusal('token_invalid');
  const test = parameters.get('test') === '1' || parameters.get('test') === 'true';
  if (!test) endToken(side, text, null);
  return json(200, { ok: true, revoked: !test });
}
