import type { App } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { ConnectionFault } from './connection-fault.ts';
import { endAuthorization } from './end-authorization.ts';
import { grantedScopes } from './granted-scopes.ts';
import { accountFacts } from './account-facts.ts';
import { during, originOf, spanHere } from '../tracing/tracer.ts';
import { logOAuth } from './log-oauth.ts';
import { loadOAuthConnection, requireValues } from './oauth-connection.ts';
import type { OAuthConnection } from './oauth-connection.ts';
import type { TokenValues } from './provider-request.ts';
import { openTokens, sealTokens } from './seal-tokens.ts';
import type { TokenAnswer } from './token-answer.ts';
import { endedFault, isLost, isPassing, saysEnded, tokenProblem } from './token-problem.ts';
import type { EndReason } from './token-problem.ts';
import { renewByRefreshToken, requestClientToken } from './token-requests.ts';
import {
  makeTokenRow,
  noteAnswered,
  noteSending,
  readTokenRow,
  releaseLease,
  storeRenewed,
  takeLease,
} from './token-row.ts';
import type { TokenPlace, TokenRow } from './token-row.ts';

/** A token that may be used now. */
export interface FreshToken extends TokenValues {
  /** Null: it does not expire, or the provider does not say. */
  expiresAt: Date | null;
}

/** A call must be able to begin and end with its token. */
const neededMs = 60_000;
/** Enough for a call that is made at once, when no better token can be had. */
const barelyMs = 5_000;
/** Tries within one lease. */
const tries = 2;

/** Callers of this process that want the same thing share one promise. */
const shared = new WeakMap<object, Map<string, Promise<FreshToken>>>();

/**
 * A valid access token of an integration by OAuth, with at least a minute left (half of its life, where that is shorter
 * than two minutes). It is renewed when it has to be, once over all nodes, whoever asks.
 *
 * @param options.refused a token that the provider has just not accepted: gives another one
 * @throws ConnectionFault: `reauth` when somebody has to connect again, `config`, `down` and others as they are;
 *   AppError `not_found` for an integration that is gone
 */
export function freshToken(
  app: App,
  organizationId: string,
  integrationId: string,
  options: { refused?: string } = {},
): Promise<FreshToken> {
  const place = { organizationId, integrationId };
  const { refused } = options;
  const isRefused = (row: TokenRow): boolean =>
    refused !== undefined && openTokens(app, place, row).accessToken === refused;
  return once(app, `${integrationId} ${refused ?? ''}`, () =>
    obtain(app, place, {
      good: (row) => row.accessBox !== null && lasts(app, row) && !isRefused(row),
      isRefused,
    }),
  );
}

/**
 * Renews tokens ahead of their end, unless somebody did since `version` was read. For the worker.
 *
 * @throws as {@link freshToken}
 */
export async function renewAhead(app: App, place: TokenPlace, version: number): Promise<void> {
  await once(app, `${place.integrationId} ahead`, () =>
    obtain(app, place, {
      good: (row) => row.version !== version && row.accessBox !== null,
      isRefused: () => false,
    }),
  );
}

function once(app: App, key: string, work: () => Promise<FreshToken>): Promise<FreshToken> {
  const running = shared.get(originOf(app)) ?? new Map<string, Promise<FreshToken>>();
  shared.set(originOf(app), running);
  const known = running.get(key);
  if (known) return known;
  const promise = work().finally(() => running.delete(key));
  running.set(key, promise);
  return promise;
}

/** What the caller wants of a row. */
interface Wanted {
  good: (row: TokenRow) => boolean;
  /** Its token was not accepted by the provider. */
  isRefused: (row: TokenRow) => boolean;
}

function lasts(app: App, { expiresAt, refreshedAt }: TokenRow): boolean {
  if (expiresAt === null) return true;
  const life = refreshedAt === null ? Infinity : expiresAt.getTime() - refreshedAt.getTime();
  return expiresAt.getTime() - app.clock() > Math.min(neededMs, life / 2);
}

/** The lease is by far longer than a request; half of it for one try leaves time for another. */
const leaseMsOf = (app: App): number => app.config.leaseSeconds * 1000;

async function obtain(app: App, place: TokenPlace, wanted: Wanted): Promise<FreshToken> {
  const leaseMs = leaseMsOf(app);
  const giveUpAt = performance.now() + 2 * leaseMs + 5_000;
  for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
    const row = await readTokenRow(app.pool, place);
    if (row === null) await begin(app, place);
    else if (row.endedAt !== null) throw endedFault((await load(app, place)).provider, 'refused');
    else if (wanted.good(row)) return tokenOf(app, place, row);
    else {
      const owner = app.newId();
      // Counted from before the question, so that it never seems longer here than it is in the database.
      const endsAt = performance.now() + leaseMs;
      const leased = await takeLease(app.pool, place, owner, leaseMs);
      if (leased !== null) {
        const token = await underLease({ app, place, owner, endsAt, ...wanted }, leased);
        if (token !== null) return token;
        continue;
      }
    }
    if (performance.now() > giveUpAt) throw busy();
    await pause(waitMs * (0.5 + app.random()));
  }
}

/** No row yet: fine for a client that needs nobody's consent. */
async function begin(app: App, place: TokenPlace): Promise<void> {
  const connection = await load(app, place);
  if (connection.auth.grant === 'authorization_code') throw endedFault(connection.provider, 'missing');
  await makeTokenRow(app.pool, place);
}

interface Lease extends Wanted {
  app: App;
  place: TokenPlace;
  owner: string;
  /** By `performance.now()`. */
  endsAt: number;
}

/** Gives null when the row has to be looked at again. The lease is given back in every case. */
async function underLease(lease: Lease, row: TokenRow): Promise<FreshToken | null> {
  const { app, place, owner, good } = lease;
  try {
    if (good(row)) return tokenOf(app, place, row);
    const connection = await load(app, place);
    return await renew(lease, connection, row);
  } finally {
    await releaseLease(app.pool, place, owner);
  }
}

async function renew(lease: Lease, connection: OAuthConnection, row: TokenRow): Promise<FreshToken | null> {
  const { app, place } = lease;
  const span = spanHere(app, {
    name: 'renew token',
    kind: 'internal',
    attributes: {
      'trunkline.organization.id': place.organizationId,
      'trunkline.integration.id': place.integrationId,
      'trunkline.provider': connection.provider.slug,
    },
  });
  return during(app, span, (inner) => renewIn({ ...lease, app: inner }, connection, row));
}

async function renewIn(lease: Lease, connection: OAuthConnection, row: TokenRow): Promise<FreshToken | null> {
  const { app, place, owner, endsAt } = lease;
  const { provider, auth } = connection;
  const { refreshToken } = openTokens(app, place, row);
  const byPerson = auth.grant === 'authorization_code';
  if (byPerson && refreshToken === null) return withoutRefreshToken(lease, connection, row);
  // A provider that does not say whether it rotates is taken for one that does.
  const onlyOnce = byPerson && auth.rotatesRefreshToken !== false;
  let lost = onlyOnce && row.answerLost;
  for (let attempt = 1; ; attempt += 1) {
    const timeoutMs = Math.min(leaseMsOf(app) * 0.4, endsAt - performance.now() - 200);
    if (timeoutMs <= 0 || !(await noteSending(app.pool, place, owner))) return null;
    try {
      requireValues(connection);
      const call = { app, connection, timeoutMs };
      const answer =
        refreshToken === null
          ? await requestClientToken(call)
          : await renewByRefreshToken(call, refreshToken);
      return await store(lease, connection, row, answer);
    } catch (error) {
      if (isLost(error)) {
        if (lost) return end(lease, connection, row, 'lost');
        lost = onlyOnce;
      } else await noteAnswered(app.pool, place, row.version);
      if (byPerson && saysEnded(auth, error)) return end(lease, connection, row, 'refused');
      const inHand = stillUsable(lease, row);
      if (inHand !== null) {
        app.log.warn(
          { integrationId: place.integrationId, reason: reasonOf(error) },
          'a token could not be renewed yet',
        );
        const { fault, cause } = tokenProblem(provider, auth, error);
        logOAuth(
          app,
          place,
          'warn',
          'oauth.renewal_delayed',
          'The token could not be renewed yet; it is tried again.',
          {
            error: { code: fault, message: cause },
          },
        );
        return inHand;
      }
      const again = isPassing(error) && attempt < tries && endsAt - performance.now() > leaseMsOf(app) * 0.45;
      if (!again) {
        const problem = tokenProblem(provider, auth, error);
        logOAuth(
          app,
          place,
          'error',
          'oauth.renewal_failed',
          `The token could not be renewed: ${problem.title}.`,
          {
            fix: problem.fix,
            error: { code: problem.fault, message: problem.cause },
          },
        );
        throw new ConnectionFault(problem);
      }
      await pause(200 + 300 * app.random());
    }
  }
}

/** A token that is refused or over, and nothing to renew it with. */
async function withoutRefreshToken(
  { app }: Lease,
  connection: OAuthConnection,
  row: TokenRow,
): Promise<FreshToken | null> {
  if (row.accessBox === null) throw endedFault(connection.provider, 'missing');
  const over = row.expiresAt !== null && row.expiresAt.getTime() <= app.clock();
  // One refused call is no proof that all is over: the check of the integration decides, and it may recover.
  if (!over) throw endedFault(connection.provider, 'refused');
  if (!(await endAuthorization(app, connection, row.version, 'expired'))) return null;
  throw endedFault(connection.provider, 'expired');
}

/** Somebody must connect again, unless the row has changed under our hands: then null, and it is read again. */
async function end(
  { app }: Lease,
  connection: OAuthConnection,
  row: TokenRow,
  reason: EndReason,
): Promise<null> {
  if (!(await endAuthorization(app, connection, row.version, reason))) return null;
  throw endedFault(connection.provider, reason);
}

/** The token from before, when it is not refused and has not ended yet: better than a failed call. */
function stillUsable({ app, place, isRefused }: Lease, row: TokenRow): FreshToken | null {
  if (row.accessBox === null || row.expiresAt === null || isRefused(row)) return null;
  return row.expiresAt.getTime() - app.clock() > barelyMs ? tokenOf(app, place, row) : null;
}

async function store(
  { app, place, owner }: Lease,
  connection: OAuthConnection,
  row: TokenRow,
  answer: TokenAnswer,
): Promise<FreshToken | null> {
  const first = row.accessBox === null;
  const { extra } = first ? await accountFacts(app, connection, answer) : { extra: {} };
  const scopes = grantedScopes(connection.auth, askedScopes(connection, row), answer);
  const stored = await storeRenewed(
    app,
    place,
    owner,
    row.version,
    sealTokens(app, place, answer, { scopes, extra }),
  );
  if (!stored) return null;
  logOAuth(app, place, 'info', 'oauth.renewed', 'The token was renewed.', {
    expiresAt: answer.expiresAt?.toISOString(),
  });
  return {
    accessToken: answer.accessToken,
    extra: { ...row.extra, ...extra },
    expiresAt: answer.expiresAt,
  };
}

/** What the answer of a renewal is about when it names no permissions. */
function askedScopes({ auth }: OAuthConnection, row: TokenRow): string[] {
  if (auth.grant === 'authorization_code') return row.scopes;
  return auth.scopes.filter(({ required }) => required).map(({ scope }) => scope);
}

function tokenOf(app: App, place: TokenPlace, row: TokenRow): FreshToken {
  const { accessToken } = openTokens(app, place, row);
  return { accessToken: accessToken ?? '', extra: row.extra, expiresAt: row.expiresAt };
}

async function load(app: App, { organizationId, integrationId }: TokenPlace): Promise<OAuthConnection> {
  try {
    return await tenantTransaction(app.pool, organizationId, (tx) =>
      loadOAuthConnection(app, tx, integrationId),
    );
  } catch (error) {
    // A variable that credentials refer to is not released any more.
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectionFault({
      fault: 'config',
      title: 'A value cannot be read',
      cause: error.message,
      fix: 'Enter the value itself, or have the variable released.',
      link: null,
    });
  }
}

function busy(): ConnectionFault {
  return new ConnectionFault({
    fault: 'down',
    title: 'The token is being renewed for too long',
    cause: 'Another node is at it and does not come to an end.',
    fix: 'Nothing to do: it is tried again by itself.',
    link: null,
  });
}

/** What may be logged of a failed request. */
function reasonOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name} ${(error as { code?: string }).code ?? ''}`.trim()
    : 'unknown';
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
