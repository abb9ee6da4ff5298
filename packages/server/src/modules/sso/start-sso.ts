import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { Ctx } from '../../ctx.ts';
import { IdentityError } from '../../identity/errors.ts';
import { callbackUrl } from './addresses.ts';
import { authorizationUrl, discover, ProviderProblem } from './identity-provider.ts';
import { findConnection, verifierPlace } from './queries.ts';
import type { SsoFailure } from './failures.ts';

/** How long somebody may take at the identity provider, in milliseconds. */
export const ssoAttemptMs = 10 * 60_000;

export const hashText = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Where the browser goes, and what it keeps meanwhile. */
export interface StartedSso {
  location: string;
  attemptId: string;
  browser: string;
}

/**
 * Begins to sign in through an identity provider: the one of an address' domain, or of an organization by its short
 * name; or, with `anew`, to prove again who works in the session of the call.
 */
export async function startSso(
  ctx: Ctx,
  input: { email: string | null; organization: string | null; returnPath: string; anew: boolean },
): Promise<StartedSso | SsoFailure> {
  const { app } = ctx;
  if (!(await isAdmitted(ctx))) return 'too_many';
  const connection = await findConnection(app.pool, wanted(ctx, input));
  if (connection === null) return 'unknown';
  const sessionId = input.anew && ctx.actor.type === 'user' ? ctx.actor.sessionId : null;
  if (input.anew && sessionId === null) return 'unknown';
  const random = (): string => app.randomBytes(32).toString('base64url');
  const [state, nonce, verifier, browser] = [random(), random(), random(), random()];
  const { organizationId } = connection;
  let location: string;
  try {
    const facts = await discover(app, connection.issuer);
    location = authorizationUrl(facts, {
      clientId: connection.clientId,
      redirectUri: callbackUrl(app.config.publicUrl),
      state,
      nonce,
      challenge: await oauth.calculatePKCECodeChallenge(verifier),
      loginHint: input.email,
      anew: input.anew,
    });
  } catch (error) {
    if (error instanceof ProviderProblem) return 'provider';
    throw error;
  }
  const [id, now] = [app.newId(), app.clock()];
  await app.pool.query(
    `WITH swept AS (
       DELETE FROM sso_attempts WHERE id IN (
         SELECT id FROM sso_attempts WHERE expires_at <= $9 LIMIT 100 FOR UPDATE SKIP LOCKED))
     INSERT INTO sso_attempts (id, organization_id, state_hash, browser_hash, nonce, verifier_box, session_id,
       return_path, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      organizationId,
      hashText(state),
      hashText(browser),
      nonce,
      app.secretBox.seal(verifier, verifierPlace(organizationId, id)),
      sessionId,
      input.returnPath,
      new Date(now),
      new Date(now + ssoAttemptMs),
    ],
  );
  return { location, attemptId: id, browser };
}

/** Every start asks the database and the provider something, so a network has only so many. */
async function isAdmitted({ app, request }: Ctx): Promise<boolean> {
  try {
    await app.identity.admitStart(request.headers);
    return true;
  } catch (error) {
    if (error instanceof IdentityError && error.code === 'too_many_sign_ins') return false;
    throw error;
  }
}

function wanted(
  { organizationId }: Ctx,
  { email, organization, anew }: { email: string | null; organization: string | null; anew: boolean },
): Parameters<typeof findConnection>[1] {
  if (anew && organizationId !== null) return { organizationId };
  if (organization !== null) return { slug: organization };
  return { domain: email?.split('@').at(-1)?.toLowerCase() ?? '' };
}
