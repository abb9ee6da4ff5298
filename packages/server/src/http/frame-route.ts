import type { Hono } from 'hono';
import type { App } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { frameOrigins } from '../modules/portal/frame-origins.ts';
import { framePath } from '../modules/portal/rules.ts';
import { framePolicy } from './security-headers.ts';
import { serveStatic } from './static.ts';

/**
 * Registers the one address that pages of others may frame: the UI's own page, with the origins that its organization allows.
 * There is nothing in it that only some may see; what it shows it gets with a token.
 */
export function registerFrame(
  hono: Hono<{ Variables: { framed: boolean } }>,
  app: App,
  webRoot?: string,
): void {
  hono.get(`${framePath}/:organizationId`, async (c) => {
    const page = await serveStatic('/', c.req.header('accept-encoding'), webRoot);
    if (page === null) throw new AppError('not_found', `There is nothing at ${c.req.path}.`);
    const origins = await frameOrigins(app, c.req.param('organizationId'));
    page.headers.set('content-security-policy', framePolicy(origins));
    c.set('framed', origins.length > 0);
    return page;
  });
}
