import { textOf } from '../../accounts/seed.ts';
import { json } from '../refusal.ts';
import type { RefusalReason } from '../refusal.ts';
import { uuidOf } from '../seed.ts';
import type { Flavour } from '../side.ts';

/** Microsoft says what is wrong by a number. */
const numbers: Partial<Record<RefusalReason, number>> = {
  unknown_client: 700_016,
  wrong_secret: 7_000_215,
  no_authentication: 7_000_218,
  wrong_authentication: 7_000_218,
  code_unknown: 9_002_313,
  code_reused: 54_005,
  code_expired: 70_008,
  code_of_other_client: 700_005,
  redirect_mismatch: 500_112,
  verifier_missing: 501_481,
  verifier_wrong: 501_481,
  refresh_unknown: 9_002_313,
  refresh_revoked: 50_173,
  refresh_reused: 700_082,
  refresh_of_other_client: 700_003,
  scope_exceeded: 65_001,
  scope_unknown: 70_011,
  unsupported_grant: 70_003,
};

/** `common` and its like stand for the tenant of whoever signs in. */
const tenantOf = (tenantId: string, accountId: string) =>
  tenantId.includes('-') ? tenantId : uuidOf(`tenant:${accountId}`);

/** Microsoft 365 and Teams, by Entra ID. */
export const microsoft: Flavour = {
  credentials: (name) => ({ clientId: uuidOf(name), clientSecret: `q8Q~${textOf(`${name}:secret`, 36)}` }),
  prefixes: { code: '0.A', access: 'EwB', refresh: '1.A' },
  openid: {
    issuer: 'https://login.microsoftonline.com/{tenantId}/v2.0',
    jwksUrl: 'https://login.microsoftonline.com/{tenantId}/discovery/v2.0/keys',
    discoveryUrl: 'https://login.microsoftonline.com/{tenantId}/v2.0/.well-known/openid-configuration',
    userInfoUrl: 'https://graph.microsoft.com/oidc/userinfo',
    subject: ({ id }) => uuidOf(id),
    claims({ id, email, name }, { tenantId = 'common' }) {
      const tid = tenantOf(tenantId, id);
      const iss = `https://login.microsoftonline.com/${tid}/v2.0`;
      return { iss, tid, oid: uuidOf(id), preferred_username: email, name, ver: '2.0' };
    },
  },
  moreScopes: ['openid', 'profile', 'email', 'offline_access'],
  offlineScopes: ['offline_access'],
  answer: (standard, { scopes, expiresIn }) => ({
    ...standard,
    // It is not a permission of the access token.
    scope: scopes.filter((scope) => scope !== 'offline_access').join(' '),
    ext_expires_in: expiresIn ?? 0,
  }),
  refuse({ reason, error, status, message }, { side }) {
    if (reason === 'commanded') return null;
    const number = numbers[reason] ?? 900_144;
    const [trace, correlation] = [uuidOf(`trace:${reason}`), uuidOf(`correlation:${reason}`)];
    const at = new Date(side.clock()).toISOString().replace('T', ' ').slice(0, 19);
    return json(status, {
      error,
      error_description: `AADSTS${number}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${at}Z`,
      error_codes: [number],
      timestamp: `${at}Z`,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    });
  },
};
