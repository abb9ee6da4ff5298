import type { Context, Hono } from 'hono';
import { startPath } from '../connections/oauth-addresses.ts';
import type { App } from '../ctx.ts';
import { completeOAuth } from '../modules/oauth/complete-oauth.ts';
import { attemptMs } from '../modules/oauth/initiate-oauth.ts';
import { startOAuth } from '../modules/oauth/start-oauth.ts';
import { attemptCookie } from './attempt-cookie.ts';
import { plainPage } from './plain-page.ts';
import type { RestEnv } from './rest.ts';

/*
 * Where browsers come by on their way to a provider and back. The UI shows an attempt at /connect/<id>, and at
 * /connect/unknown what to do when this browser has no business with the answer.
 */

const linkUsed = {
  title: 'This link does not work any more',
  detail: 'It works once, for ten minutes, in the browser that opens it first. Ask for a new one.',
};
const answerUnknown = {
  title: 'This answer cannot be used',
  detail: 'It was used already, is too old, or belongs to another browser. Begin to connect again.',
};

/** Registers the routes of OAuth: they speak to browsers, in redirects and pages instead of JSON. */
export function registerOAuthRoutes(hono: Hono<RestEnv>, app: App): void {
  const cookie = attemptCookie('trunkline_oauth', app.config.publicUrl.startsWith('https:'), attemptMs);

  hono.get(`${startPath}/:token`, async (c) => {
    // Programs that look at links before people do must not use them up.
    if (c.req.method === 'HEAD') return c.body(null, 204);
    const started = await startOAuth(app, c.req.param('token'));
    if (started === null) return plainPage(404, linkUsed);
    c.header('set-cookie', cookie.set(started.attemptId, started.browser));
    return c.redirect(started.location, 303);
  });

  const callback = async (c: Context<RestEnv>) => {
    if (c.req.method === 'HEAD') return c.body(null, 204);
    const completed = await completeOAuth(c.get('ctx'), {
      path: new URL(c.req.url).pathname,
      parameters: new URL(c.req.url).searchParams,
      browserOf: (attemptId) => cookie.read(c.req.header('cookie') ?? '', attemptId),
    });
    if (completed === null) {
      const signedIn = c.get('ctx').actor.type === 'user';
      return signedIn ? c.redirect('/connect/unknown', 303) : plainPage(400, answerUnknown);
    }
    if (completed.page !== null) return plainPage(200, completed.page);
    return c.redirect(`/connect/${completed.attemptId}`, 303);
  };
  hono.get('/api/integrations/oauth/callback', callback);
  hono.get('/api/integrations/oauth/callback/:provider', callback);
  hono.get('/api/company/integrations/:integrationId/callback', callback);
}

/** The path of a request as it may be logged: a link that was not opened yet is a secret. */
export function loggablePath(path: string): string {
  if (path.startsWith(`${startPath}/`)) return `${startPath}/…`;
  // The address of a source is nobody's business either.
  return path.replace(/^(\/(?:api\/)?webhooks\/[^/]+)\/[^/]+$/, '$1/…');
}
