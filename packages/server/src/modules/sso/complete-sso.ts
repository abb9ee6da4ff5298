import { timingSafeEqual } from 'node:crypto';
import type { Ctx } from '../../ctx.ts';
import { markFresh } from '../../identity/sessions.ts';
import { enter } from '../access/enter.ts';
import { recordEntry } from '../access/record-entry.ts';
import { callbackUrl } from './addresses.ts';
import type { SsoFailure } from './failures.ts';
import { findPerson } from './find-person.ts';
import { discover, exchange, ProviderProblem } from './identity-provider.ts';
import type { Claims } from './identity-provider.ts';
import { findConnection, ssoSecretPlace, takeAttempt, verifierPlace } from './queries.ts';
import type { Attempt, Connection } from './queries.ts';
import { hashText } from './start-sso.ts';

/** Identity providers may be off by so many seconds. */
const clockToleranceSeconds = 30;

/** How a sign-in ended, and where the browser goes on; `anew`: it was a proof for a session that goes on. */
export type CompletedSso = { failure: SsoFailure; anew: boolean } | { returnPath: string; anew: boolean };

/**
 * What comes back from the identity provider. Every answer is taken once, in the browser that asked.
 * Cookies of a new session are put into `ctx.cookies`.
 */
export async function completeSso(
  ctx: Ctx,
  input: { parameters: URLSearchParams; browserOf: (attemptId: string) => string | null },
): Promise<CompletedSso> {
  const { app } = ctx;
  const state = input.parameters.get('state') ?? '';
  const attempt = await takeAttempt(app.pool, hashText(state), new Date(app.clock()));
  if (attempt === null) return { failure: 'expired', anew: false };
  const anew = attempt.sessionId !== null;
  const fail = (failure: SsoFailure): CompletedSso => ({ failure, anew });
  const browser = input.browserOf(attempt.id);
  if (browser === null || !timingSafeEqual(hashText(browser), attempt.browserHash)) return fail('expired');
  const connection = await findConnection(app.pool, { organizationId: attempt.organizationId });
  if (connection === null) return fail('unknown');
  const claims = await claimsOf(ctx, connection, attempt, state, input.parameters);
  if (claims === null) return fail('provider');
  if (anew) {
    const failure = await prove(ctx, connection, attempt, claims);
    return failure === null ? { returnPath: attempt.returnPath, anew } : fail(failure);
  }
  const person = await findPerson(ctx, connection, claims);
  if (typeof person === 'string') return fail(person);
  const { organizationId } = connection;
  await enter(
    ctx,
    await app.identity.startSession(person.userId, 'sso', ctx.request.headers, organizationId),
  );
  return { returnPath: attempt.returnPath, anew };
}

async function claimsOf(
  { app }: Ctx,
  connection: Connection,
  attempt: Attempt,
  state: string,
  parameters: URLSearchParams,
): Promise<Claims | null> {
  const { organizationId, issuer, clientId } = connection;
  try {
    return await exchange(app, await discover(app, issuer), {
      issuer,
      clientId,
      clientSecret: app.secretBox.open(connection.box, ssoSecretPlace(organizationId)),
      redirectUri: callbackUrl(app.config.publicUrl),
      parameters,
      state,
      nonce: attempt.nonce,
      verifier: app.secretBox.open(attempt.box, verifierPlace(organizationId, attempt.id)),
    });
  } catch (error) {
    if (!(error instanceof ProviderProblem)) throw error;
    app.log.warn({ organizationId, problem: error.message }, 'a sign-in through an identity provider failed');
    return null;
  }
}

/** Marks a session fresh when the person of the session has entered their password at the provider just now. */
async function prove(
  ctx: Ctx,
  { organizationId, issuer }: Connection,
  attempt: Attempt,
  claims: Claims,
): Promise<SsoFailure | null> {
  const { app, actor } = ctx;
  if (actor.type !== 'user' || actor.sessionId !== attempt.sessionId) return 'expired';
  const { rowCount } = await app.pool.query(
    'SELECT FROM sso_links WHERE organization_id = $1 AND issuer = $2 AND subject = $3 AND user_id = $4',
    [organizationId, issuer, claims.subject, actor.id],
  );
  if (rowCount === 0) return 'other_person';
  const startedAt = attempt.createdAt.getTime() / 1000;
  if (claims.authenticatedAt === null || claims.authenticatedAt < startedAt - clockToleranceSeconds) {
    return 'not_anew';
  }
  await markFresh(app.pool, actor.sessionId, app.clock());
  await recordEntry(ctx, 'member.reauthenticated');
  return null;
}
