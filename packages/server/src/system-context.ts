import type { App, Ctx } from './ctx.ts';

/** A call that the product makes by itself for one organization. */
export function systemContext(app: App, organizationId: string): Ctx {
  return {
    app,
    actor: { type: 'system', name: 'Trunkline' },
    organizationId,
    request: { id: `req_${app.newId()}`, ip: null, userAgent: null, headers: new Headers() },
    cookies: [],
  };
}
