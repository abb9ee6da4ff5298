import type { Hono } from 'hono';
import { ssoPaths } from '../modules/sso/addresses.ts';
import { completeSso } from '../modules/sso/complete-sso.ts';
import { ssoAttemptMs, startSso } from '../modules/sso/start-sso.ts';
import type { App } from '../ctx.ts';
import { attemptCookie } from './attempt-cookie.ts';
import type { RestEnv } from './rest.ts';

/*
 * Where browsers come by on their way to the organization's identity provider and back. Failures are shown by the
 * sign-in page, in words of ours: nothing that an identity provider says is put on a page.
 */

/** Registers the routes of single sign-on, which speak to browsers in redirects. */
export function registerSsoRoutes(hono: Hono<RestEnv>, app: App): void {
  const cookie = attemptCookie('trunkline_sso', app.config.publicUrl.startsWith('https:'), ssoAttemptMs);

  hono.get(ssoPaths.start, async (c) => {
    if (c.req.method === 'HEAD') return c.body(null, 204);
    const anew = c.req.query('anew') === '1';
    const started = await startSso(c.get('ctx'), {
      email: c.req.query('email')?.trim().slice(0, 254) || null,
      organization: c.req.query('organization')?.slice(0, 63) || null,
      returnPath: ownPath(c.req.query('from')),
      anew,
    });
    if (typeof started === 'string') return c.redirect(failurePath(started, anew), 303);
    c.header('set-cookie', cookie.set(started.attemptId, started.browser));
    return c.redirect(started.location, 303);
  });

  hono.get(ssoPaths.callback, async (c) => {
    if (c.req.method === 'HEAD') return c.body(null, 204);
    const ctx = c.get('ctx');
    const completed = await completeSso(ctx, {
      parameters: new URL(c.req.url).searchParams,
      browserOf: (attemptId) => cookie.read(c.req.header('cookie') ?? '', attemptId),
    });
    for (const value of ctx.cookies) c.header('set-cookie', value, { append: true });
    if ('failure' in completed) return c.redirect(failurePath(completed.failure, completed.anew), 303);
    return c.redirect(completed.anew ? '/sso/confirmed' : completed.returnPath, 303);
  });
}

function failurePath(failure: string, anew: boolean): string {
  return anew ? `/sso/confirmed?failure=${failure}` : `/sign-in?sso=${failure}`;
}

/** A path of this site, or the start: anything else could send a person who has just signed in elsewhere. */
function ownPath(text: string | undefined): string {
  return text !== undefined && text.length <= 2000 && /^\/(?![/\\])[^\s\\]*$/.test(text) ? text : '/';
}
