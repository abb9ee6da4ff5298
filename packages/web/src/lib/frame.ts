import type { PortalPart } from '@trunkline/contract/portal-parts';

/*
 * Whether these pages are shown in a frame of somebody's own product (docs/portal.md), and the session of that frame. The
 * session lives here and nowhere else: no cookie, no storage, no address.
 */

// There is no address where the pages' parts are tested without a browser.
const path = typeof location === 'undefined' ? '' : location.pathname;
const address = /^\/embed\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/.exec(path);

/** The organization whose frame this is; null outside of a frame. */
export const frameOrganization: string | null = address?.[1] ?? null;

/** Whether these pages are the frame of a portal. */
export const isFramed = frameOrganization !== null;

let session: string | null = null;
let shownParts: readonly PortalPart[] = [];

/** Sets what every call is sent with, and what it opens; null: nothing any more. */
export function setFrameSession(next: string | null, parts: readonly PortalPart[] = []): void {
  session = next;
  shownParts = parts;
}

/** Whether these pages show a place: in a frame, if it belongs to one of its parts. */
export function isShown(href: string): boolean {
  return !isFramed || isInFrame(href, shownParts);
}

/** What a call of a frame carries beside its body; nothing outside of one. */
export function frameHeaders(): Record<string, string> {
  return session === null ? {} : { authorization: `Bearer ${session}` };
}

/** Places inside a frame, by what makes them part of it. */
const places: Record<PortalPart, RegExp> = {
  integrations: /^\/integrations(\/[^/]+)?$/,
  webhooks: /^\/webhooks(\/[^/]+(\/edit)?)?$/,
};

/** Whether an address inside the application is one of those that a frame with these parts shows. */
export function isInFrame(href: string, parts: readonly PortalPart[]): boolean {
  const place = href.split(/[?#]/)[0] ?? '';
  return parts.some((part) => places[part].test(place));
}
