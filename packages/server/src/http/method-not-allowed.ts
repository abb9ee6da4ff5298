import type { Hono } from 'hono';
import { AppError } from '../errors.ts';

/** Addresses outside of the REST API; all of them are only read. */
const readOnly = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs',
  '/docs/rapidoc.js',
  '/docs/errors/{code}',
  '/api/openapi.json',
  '/api/live',
].map((path) => ({ method: 'GET', path }));

/**
 * Answers 405 with `Allow` for a known path with another method; registered after the routes themselves.
 * A path without a parameter goes before one that would match it with a parameter.
 */
export function registerMethodNotAllowed(
  app: Pick<Hono, 'all'>,
  routes: readonly { method: string; path: string }[],
): void {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of [...routes, ...readOnly]) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
    if (method === 'GET') known.add('HEAD');
  }
  const paths = [...methods.keys()].sort((a, b) => parameters(a) - parameters(b));
  for (const path of paths) {
    const allow = [...(methods.get(path) ?? [])].sort().join(', ');
    app.all(toHonoPath(path), (c) => {
      c.header('allow', allow);
      throw new AppError('method_not_allowed', `${c.req.method} is not allowed here; ${allow} is.`);
    });
  }
}

/** `/webhooks/{id}` in Hono's notation, `/webhooks/:id`. */
export function toHonoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function parameters(path: string): number {
  return path.split('{').length;
}
