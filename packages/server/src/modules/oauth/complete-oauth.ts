import { timingSafeEqual } from 'node:crypto';
import { initiateOAuth } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { accountFacts } from '../../connections/account-facts.ts';
import { grantedScopes, missingScopes } from '../../connections/granted-scopes.ts';
import { logOAuth } from '../../connections/log-oauth.ts';
import { loadOAuthConnection, requireValues } from '../../connections/oauth-connection.ts';
import type { OAuthConnection } from '../../connections/oauth-connection.ts';
import { openTokens, sealTokens } from '../../connections/seal-tokens.ts';
import type { TokenAnswer } from '../../connections/token-answer.ts';
import { saysEnded, tokenProblem } from '../../connections/token-problem.ts';
import { CallbackError, checkSender, exchangeCode } from '../../connections/token-requests.ts';
import { readTokenRow, storeConsented } from '../../connections/token-row.ts';
import type { Actor, Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { trackAttempt } from '../insights/track-attempt.ts';
import { findPortalActor } from '../portal/find-portal-session.ts';
import { hashOf, nonceFor, verifierPlace } from './authorization-url.ts';
import { endAttempt, findUsed, markConnected, takeByState } from './queries.ts';
import type { AttemptRow } from './queries.ts';
import { callbackProblem, presentMissing } from './rules.ts';

/** A browser that came back from a provider. */
export interface Callback {
  /** Without the query. */
  path: string;
  parameters: URLSearchParams;
  /** What the browser was given for an attempt when it opened a program's link. */
  browserOf: (attemptId: string) => string | null;
}

/** What to show: the attempt, and whether it is a person's (in the UI) or that of a program's link (on a plain page). */
export interface Completed {
  attemptId: string;
  /** Set for a program's link only. */
  page: { title: string; detail: string } | null;
}

const exchangeMs = 15_000;

/**
 * Finishes what {@link initiateOAuth} began (RFC 6749, RFC 9700): the state counts once, in the browser that left with it
 * and at the address that it was to come back to. Whatever goes wrong is written into the attempt, in plain words.
 *
 * @returns null when this browser has no business with the state
 */
export async function completeOAuth(ctx: Ctx, callback: Callback): Promise<Completed | null> {
  const states = callback.parameters.getAll('state');
  const [state] = states;
  if (state === undefined || states.length > 1 || state.length > 200) return null;
  const attempt = await takeByState(ctx.app, hashOf(state));
  if (attempt === null) return seenBefore(ctx, callback, hashOf(state));
  const own = { ...ctx, organizationId: attempt.organizationId };
  if (!isBound(ctx, callback, attempt)) {
    // Whoever it is, is nobody of this organization, and learns nothing.
    await fail({ ...own, actor: { type: 'system', name: 'Trunkline' } }, attempt, 'failed', strangerDetail);
    return null;
  }
  const actor = await actorOf(ctx, attempt);
  if (actor === null) {
    const by: Actor = { type: 'system', name: 'Trunkline' };
    return show(attempt, await fail({ ...own, actor: by }, attempt, 'failed', portalEndedDetail));
  }
  return show(attempt, await complete({ ...own, actor }, callback, attempt));
}

const strangerDetail =
  'The answer came back in another browser or session than the one that began, so that it was not used. Connect again, and stay in one browser.';

/** A reload shows what became of it; nothing is done twice. */
async function seenBefore(ctx: Ctx, callback: Callback, stateHash: Buffer): Promise<Completed | null> {
  const attempt = await findUsed(ctx.app, stateHash);
  if (attempt === null || !isBound(ctx, callback, attempt)) return null;
  const { outcome, detail } = attempt;
  return show(attempt, { succeeded: outcome === 'succeeded', detail: detail ?? '' });
}

/** The session that began it, still with its organization and its rights; or the browser that opened the link. */
function isBound(ctx: Ctx, { browserOf }: Callback, attempt: AttemptRow): boolean {
  if (attempt.sessionId !== null) {
    if (ctx.actor.type !== 'user' || ctx.actor.sessionId !== attempt.sessionId) return false;
    if (ctx.organizationId !== attempt.organizationId) return false;
    try {
      authorize(ctx, initiateOAuth);
      return true;
    } catch {
      return false;
    }
  }
  const browser = browserOf(attempt.id);
  if (attempt.browserHash === null || browser === null) return false;
  return timingSafeEqual(hashOf(browser), attempt.browserHash);
}

const portalEndedDetail =
  'The access of the page that began it was taken away, so that the answer was not used. Open the page anew.';

/** In whose name it is finished; null when that is nobody's any more. */
async function actorOf({ app, actor }: Ctx, attempt: AttemptRow): Promise<Actor | null> {
  const { sessionId, portalTokenId, organizationId, startedById, startedByName } = attempt;
  if (sessionId !== null) return actor;
  if (portalTokenId !== null) return findPortalActor(app, organizationId, portalTokenId);
  if (startedById === null) return { type: 'system', name: startedByName };
  return { type: 'api_key', id: startedById, name: startedByName, scopes: null };
}

interface Result {
  succeeded: boolean;
  detail: string;
}

function show({ id, sessionId }: AttemptRow, { succeeded, detail }: Result): Completed {
  if (sessionId !== null) return { attemptId: id, page: null };
  const title = succeeded ? 'Connected' : 'Not connected';
  return { attemptId: id, page: { title, detail: detail || `You can close this window.` } };
}

async function complete(ctx: Ctx, callback: Callback, attempt: AttemptRow): Promise<Result> {
  const { app } = ctx;
  const again = 'Connect again.';
  if (attempt.expiresAt.getTime() <= app.clock()) {
    // It stays as it is and so shows as expired.
    return { succeeded: false, detail: `It took longer than ten minutes. ${again}` };
  }
  if (`${app.config.publicUrl}${callback.path}` !== attempt.redirectUri) {
    return fail(
      ctx,
      attempt,
      'failed',
      `The answer came back to another address than it was sent to. ${again}`,
    );
  }
  let connection: OAuthConnection;
  try {
    connection = await inOrganization(ctx, (tx) => loadOAuthConnection(app, tx, attempt.integrationId));
    requireValues(connection);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fail(ctx, attempt, 'failed', `${error.message} ${again}`);
  }
  const { provider, auth } = connection;
  try {
    checkSender(connection, callback.parameters);
    const error = callback.parameters.get('error');
    if (error !== null) {
      const { outcome, detail } = callbackProblem(provider.name, error);
      return await fail(ctx, attempt, outcome, detail);
    }
    const verifier =
      attempt.verifierBox === null
        ? null
        : app.secretBox.open(attempt.verifierBox, verifierPlace(attempt.organizationId, attempt.id));
    const state = callback.parameters.get('state') ?? '';
    const answer = await exchangeCode({ app, connection, timeoutMs: exchangeMs }, callback.parameters, {
      redirectUri: attempt.redirectUri,
      verifier,
      nonce: nonceFor(connection, { state, verifier }, attempt.scopes),
    });
    return await accept(ctx, attempt, connection, answer);
  } catch (error) {
    return fail(ctx, attempt, 'failed', exchangeDetail(error));
  }

  function exchangeDetail(error: unknown): string {
    if (error instanceof AppError) throw error;
    if (error instanceof CallbackError || (error as { code?: string }).code?.startsWith('OAUTH_')) {
      return `The answer does not come from ${provider.name}, or is not complete. Nothing was connected. ${again}`;
    }
    if (saysEnded(auth, error)) {
      return `${provider.name} did not accept its own answer a second time: it was used already, is too old, or was begun elsewhere. ${again}`;
    }
    const { title, cause, fix } = tokenProblem(provider, auth, error);
    app.log.warn(
      { integrationId: attempt.integrationId, reason: error instanceof Error ? error.name : 'unknown' },
      'a code could not be exchanged',
    );
    return `${title}. ${cause} ${fix}`;
  }
}

async function accept(
  ctx: Ctx,
  attempt: AttemptRow,
  connection: OAuthConnection,
  answer: TokenAnswer,
): Promise<Result> {
  const { app } = ctx;
  const { provider, auth, integrationId, name } = connection;
  const granted = grantedScopes(auth, attempt.scopes, answer);
  const { missing, useless } = missingScopes(auth.scopes, attempt.scopes, granted);
  if (useless) {
    return fail(
      ctx,
      attempt,
      'failed',
      `None of the permissions that are needed was granted at ${provider.name}. Connect again and agree to them.`,
      missing,
    );
  }
  const { account, extra } = await accountFacts(app, connection, answer);
  const before = await readTokenRow(app.pool, connection);
  // Some providers give a refresh token only the first time that an account agrees.
  const sameAccount = account !== null && account === connection.account;
  const keeps = answer.refreshToken === null && before !== null && before.endedAt === null && sameAccount;
  const refreshToken = keeps ? openTokens(app, connection, before).refreshToken : answer.refreshToken;
  const tokens = sealTokens(app, connection, { ...answer, refreshToken }, { scopes: granted, extra });
  const person = { byId: actorId(ctx), byName: attempt.startedByName };
  const words = presentMissing(auth.scopes, missing).map(({ means }) => means);
  const detail = words.length === 0 ? null : `Not granted: ${words.join('; ')}.`;
  await inOrganization(ctx, async (tx) => {
    await storeConsented(app, tx, integrationId, tokens);
    await markConnected(app, tx, integrationId, { account, ...person });
    await endAttempt(tx, attempt.id, { outcome: 'succeeded', detail, account, missingScopes: missing });
    await recordAudit(ctx, tx, {
      action: 'integration.connected',
      target: { type: 'integration', id: integrationId, name },
      changes: {
        account: { before: connection.account, after: account },
        permissions: { before: before?.scopes ?? [], after: granted },
      },
    });
    await trackAttempt(ctx, tx, provider.slug, true);
    tx.announce('integrations', [integrationId]);
    await recordOwnEvent(app, tx, 'integration.connected', {
      integrationId,
      name,
      provider: provider.slug,
      account,
      connectedBy: person.byName,
      connectedAt: new Date(app.clock()).toISOString(),
    });
  });
  const whom = account === null ? provider.name : `${provider.name} as ${account}`;
  logOAuth(
    app,
    connection,
    detail === null ? 'info' : 'warn',
    'oauth.connected',
    `${whom} is connected. ${detail ?? ''}`.trim(),
    {
      by: person.byName,
    },
  );
  return { succeeded: true, detail: `${whom} is connected. ${detail ?? ''} You can close this window.` };
}

const actorId = ({ actor }: Ctx): string | null => ('id' in actor ? actor.id : null);

/** Writes down why nothing was connected. */
async function fail(
  ctx: Ctx,
  attempt: AttemptRow,
  outcome: 'denied' | 'failed',
  detail: string,
  missing: string[] = [],
): Promise<Result> {
  const { id, integrationId, provider } = attempt;
  await inOrganization(ctx, async (tx) => {
    await endAttempt(tx, id, { outcome, detail, missingScopes: missing });
    await recordAudit(ctx, tx, {
      action: 'integration.connect_failed',
      target: { type: 'integration', id: integrationId, name: provider },
      changes: { outcome: { before: null, after: outcome }, detail: { before: null, after: detail } },
    });
    await trackAttempt(ctx, tx, provider, false);
    tx.announce('integrations', [integrationId]);
  });
  const { organizationId } = attempt;
  logOAuth(
    ctx.app,
    { organizationId, integrationId },
    'warn',
    outcome === 'denied' ? 'oauth.denied' : 'oauth.refused',
    detail,
  );
  return { succeeded: false, detail };
}
