import { isCustom } from './custom-slug.ts';

const callback = '/api/integrations/oauth/callback';

/** Where a browser begins that was given a program's link. */
export const startPath = '/api/integrations/oauth/start';

/** S17's address of one integration, for apps that are registered with it. */
export const integrationCallbackPath = (integrationId: string): string =>
  `/api/company/integrations/${integrationId}/callback`;

/**
 * The path that a provider sends people back to. A provider that an organization added itself has one of its own, so
 * that its answers can never pass for those of another (RFC 9700, 4.4).
 */
export function callbackPath(slug: string): string {
  return isCustom(slug) ? `${callback}/${slug}` : callback;
}

/** The redirect address to register at a provider, exactly so. */
export function redirectUri(publicUrl: string, slug: string): string {
  return `${publicUrl}${callbackPath(slug)}`;
}
