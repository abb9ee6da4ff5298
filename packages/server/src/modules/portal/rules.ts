import type { PortalToken } from '@trunkline/contract/portal';
import { portalOriginsLimit } from '@trunkline/contract/portal';
import { portalParts } from '@trunkline/contract/portal-parts';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import type { Actor } from '../../ctx.ts';
import { fieldError } from '../../errors.ts';
import type { AppError } from '../../errors.ts';
import type { PortalTokenRow } from './queries.ts';

/** The address of an organization's frame. */
export function frameUrl(publicUrl: string, organizationId: string): string {
  return `${publicUrl}${framePath}/${organizationId}`;
}
export const framePath = '/embed';

/** How audit records, lines and rows name whoever uses a token; never as they would name a member. */
export function portalName(subject: string | null): string {
  return subject === null ? 'Somebody via portal' : `${subject} via portal`;
}

/** Who acts with a session. */
export function portalActor(
  row: Pick<PortalTokenRow, 'id' | 'subject' | 'parts' | 'role' | 'expiresAt'>,
): Actor {
  const { id, subject, parts, role, expiresAt } = row;
  return { type: 'portal', id, name: portalName(subject), role, parts, expiresAt: expiresAt.getTime() };
}

/** Parts without repetitions, in the order of the contract. */
export function inOrder(parts: readonly PortalPart[]): PortalPart[] {
  return portalParts.filter((part) => parts.includes(part));
}

/**
 * Origins as browsers write them: lower case, without path and usual port, each once. Plain http is for the own machine
 * only, as everywhere else somebody on the way could put a page of their own around the frame.
 *
 * @throws AppError `invalid_input`
 */
export function readOrigins(texts: readonly string[]): string[] {
  const origins = texts.map((text, index) => {
    const wrong = (detail: string): AppError => fieldError('invalid_input', `/origins/${index}`, detail);
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
      throw wrong('Write it as https://app.example.com.');
    }
    if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
      throw wrong('Only scheme, host and port; no path.');
    }
    // It stands in a header, where these would mean something else.
    if (/[*;,\s'"]/.test(url.host)) throw wrong('Name one host; there are no wildcards.');
    if (url.protocol === 'http:' && !isOwnMachine(url.hostname)) {
      throw wrong('Use https; http is for localhost and loopback addresses only.');
    }
    return url.origin;
  });
  const distinct = [...new Set(origins)];
  if (distinct.length > portalOriginsLimit) {
    throw fieldError('invalid_input', '/origins', `There are at most ${portalOriginsLimit} origins.`);
  }
  return distinct;
}

function isOwnMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

export function presentPortalToken(row: PortalTokenRow, now: number): PortalToken {
  const { id, subject, parts, role, createdBy, origin, revokedBy } = row;
  return {
    id,
    subject,
    parts,
    role,
    createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    status: statusOf(row, now),
    exchangedAt: row.exchangedAt?.toISOString() ?? null,
    origin,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedBy,
  };
}

function statusOf(row: PortalTokenRow, now: number): PortalToken['status'] {
  if (row.revokedAt !== null) return 'revoked';
  if (row.exchangedAt === null) return row.exchangeBy.getTime() > now ? 'waiting' : 'lapsed';
  return row.expiresAt.getTime() > now ? 'open' : 'expired';
}
