import type { App, Ctx, Tx } from '../ctx.ts';
import { inOrganization } from '../db/tenant.ts';
import { EgressError } from '../lib/egress/errors.ts';
import { recordAudit } from '../modules/audit/record-audit.ts';
import type { OAuth2Auth, Revocation } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import { fillText, fillUrl } from './fill-template.ts';
import { loadConnection } from './load-connection.ts';
import { logOAuth } from './log-oauth.ts';
import type { OAuthConnection } from './oauth-connection.ts';
import { templateValues } from './provider-request.ts';
import { openTokens } from './seal-tokens.ts';
import { continueStatusHistory } from './status-history.ts';
import { revokeByStandard } from './token-requests.ts';
import { readTokenRow, releaseLease, takeLease } from './token-row.ts';
import type { TokenPlace } from './token-row.ts';

/** What became of an integration's tokens. */
export interface Revoked {
  /** Whether the provider confirmed; null when it has nothing to revoke or cannot be told. */
  revoked: boolean | null;
  /** What is left to do at the provider, in plain words. */
  detail: string;
}

/** Where tokens are taken back; null: the provider cannot be told. */
export function revocationUrl(auth: Pick<OAuth2Auth, 'revocation' | 'revokeUrl'>): string | null {
  return auth.revocation?.url ?? auth.revokeUrl;
}

interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  extra: Record<string, string>;
}

/** Of each request. */
const timeoutMs = 8_000;
/** How long a renewal that is under way is waited for. */
const waitMs = 10_000;

/**
 * Ends an integration's tokens at the provider, as far as that can be done within a bound, and deletes ours whatever
 * came of it, with an audit record (OAUTH-6). The integration itself stays; one that a person had connected waits to be
 * connected again. `within` runs in the transaction that deletes them. The caller has authorized. Null for an
 * integration that has no tokens.
 *
 * @throws AppError `not_found`
 */
export async function revokeTokens(
  ctx: Ctx,
  integrationId: string,
  within: (tx: Tx) => Promise<void> = async () => {},
): Promise<Revoked | null> {
  const { app } = ctx;
  const stored = await inOrganization(ctx, (tx) => loadConnection(app, tx, integrationId));
  const { auth } = stored;
  if (auth.type !== 'oauth2') return null;
  const connection = { ...stored, auth };
  const outcome = await withoutRenewal(app, connection, async (tokens) =>
    tokens === null
      ? { revoked: null, detail: `${connection.provider.name} had given no token that could be revoked.` }
      : revokeAtProvider(app, connection, tokens),
  );
  await deleteTokens(ctx, connection, outcome, within);
  logOAuth(app, connection, outcome.revoked === false ? 'warn' : 'info', 'oauth.revoked', outcome.detail);
  return outcome;
}

/** Runs while no node renews the tokens, so that none is made behind our back. */
async function withoutRenewal(
  app: App,
  place: TokenPlace,
  work: (tokens: Tokens | null) => Promise<Revoked>,
): Promise<Revoked> {
  const owner = app.newId();
  const giveUpAt = performance.now() + waitMs;
  let row = await readTokenRow(app.pool, place);
  while (row !== null && row.endedAt === null && performance.now() < giveUpAt) {
    const leased = await takeLease(app.pool, place, owner, 3 * timeoutMs);
    if (leased !== null) {
      row = leased;
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    row = await readTokenRow(app.pool, place);
  }
  try {
    const { accessToken, refreshToken } =
      row === null ? { accessToken: null, refreshToken: null } : openTokens(app, place, row);
    return await work(accessToken === null ? null : { accessToken, refreshToken, extra: row?.extra ?? {} });
  } finally {
    await releaseLease(app.pool, place, owner);
  }
}

async function revokeAtProvider(app: App, connection: OAuthConnection, tokens: Tokens): Promise<Revoked> {
  const { provider, auth } = connection;
  const byHand = `Remove the app there yourself, where ${provider.name} lists the apps of an account.`;
  if (revocationUrl(auth) === null) {
    return { revoked: null, detail: `${provider.name} offers no way to end the access from here. ${byHand}` };
  }
  try {
    if (auth.revocation) await revokeByOwnWay(app, connection, auth.revocation, tokens);
    else await revokeBoth(app, connection, tokens);
    return { revoked: true, detail: `${provider.name} confirmed that the access has ended.` };
  } catch (error) {
    const { integrationId } = connection;
    app.log.warn({ integrationId, reason: (error as Error).name }, 'tokens could not be revoked');
    const why = error instanceof EgressError ? 'did not answer' : 'did not confirm it';
    return {
      revoked: false,
      detail: `Our tokens are deleted, but ${provider.name} ${why} when it was told. ${byHand}`,
    };
  }
}

/** The refresh token stands for the whole grant; with some providers the access token lives on without this. */
async function revokeBoth(
  app: App,
  connection: OAuthConnection,
  { accessToken, refreshToken }: Tokens,
): Promise<void> {
  const call = { app, connection, timeoutMs };
  if (refreshToken === null) return revokeByStandard(call, accessToken, 'access_token');
  await revokeByStandard(call, refreshToken, 'refresh_token');
  // It may be gone with the other already.
  await revokeByStandard(call, accessToken, 'access_token').catch(() => undefined);
}

/** The provider did not do it. */
class RevocationError extends Error {
  override readonly name = 'RevocationError';
}

async function revokeByOwnWay(
  app: App,
  connection: OAuthConnection,
  { method, headers = {}, basic, form, json }: Revocation,
  { accessToken, refreshToken, extra }: Tokens,
): Promise<void> {
  const { auth, provider } = connection;
  const values = {
    ...templateValues(connection, { accessToken, extra }),
    token: refreshToken ?? accessToken,
  };
  const fill = (template: string): string => fillText(template, values) ?? '';
  const filled = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([name, template]) => [name, fill(template)]));
  const body = form
    ? new URLSearchParams(filled(form)).toString()
    : json
      ? JSON.stringify(filled(json))
      : null;
  const type = form ? 'application/x-www-form-urlencoded' : json ? 'application/json' : null;
  const answer = await app.sender.send({
    method,
    url: app.reroute(provider.slug, fillUrl(revocationUrl(auth) ?? '', values)),
    headers: {
      accept: 'application/json',
      ...filled(headers),
      ...(type === null ? {} : { 'content-type': type }),
      ...(basic === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(basic.map(fill).join(':')).toString('base64')}` }),
    },
    body,
    timeoutMs,
  });
  // Slack says in a good answer that it did not.
  if (answer.status >= 300 || /"ok"\s*:\s*false/.test(answer.body)) throw new RevocationError();
}

async function deleteTokens(
  ctx: Ctx,
  connection: Connection,
  { revoked }: Revoked,
  within: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { integrationId, name, auth, account } = connection;
  const now = new Date(ctx.app.clock());
  await inOrganization(ctx, async (tx) => {
    const deleted = await tx.query(
      `DELETE FROM oauth_tokens WHERE organization_id = current_organization() AND integration_id = $1
       RETURNING version`,
      [integrationId],
    );
    if (auth.type === 'oauth2' && auth.grant === 'authorization_code') {
      await tx.query(
        `UPDATE integrations SET connected_at = NULL, connected_by_id = NULL, connected_by_name = NULL, account = NULL,
           version = version + 1, updated_at = $2
         WHERE organization_id = current_organization() AND id = $1`,
        [integrationId, now],
      );
      await tx.query(
        `UPDATE integration_health SET problem = NULL, since = $2, consecutive_failures = 0, check_due_at = 'infinity',
           check_lease_until = NULL, finding_began_at = $2
         WHERE organization_id = current_organization() AND integration_id = $1`,
        [integrationId, now],
      );
      await continueStatusHistory(tx, integrationId, now);
    }
    if (deleted.length > 0) {
      await recordAudit(ctx, tx, {
        action: 'integration.authorization_revoked',
        target: { type: 'integration', id: integrationId, name },
        changes: {
          account: { before: account, after: null },
          revokedAtProvider: { before: null, after: revoked },
        },
      });
    }
    await within(tx);
    tx.announce('integrations', [integrationId]);
  });
}
