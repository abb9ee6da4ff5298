import type { Ctx } from '../../ctx.ts';

/** Whom a passkey is for: WebAuthn's relying party, and the origin of the page that asks. */
export interface RelyingParty {
  id: string;
  name: string;
  origin: string;
}

/**
 * The public URL; or `localhost` for somebody who opened the page there, on this machine. Any other name that a
 * request claims is not ours.
 */
export function relyingParty({ app, request }: Ctx): RelyingParty {
  const own = new URL(app.config.publicUrl);
  const claimed = request.headers.get('origin');
  const page = claimed !== null && URL.canParse(claimed) ? new URL(claimed) : own;
  const local = page.hostname === 'localhost' && page.host === request.headers.get('host');
  const { hostname, origin } = local ? page : own;
  return { id: hostname, name: app.config.brand, origin };
}
