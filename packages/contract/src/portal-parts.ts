import { allows } from './permissions.ts';
import type { Permission, Role } from './permissions.ts';

/** What a portal token may open. A closed set. */
export const portalParts = ['webhooks', 'integrations'] as const;
export type PortalPart = (typeof portalParts)[number];

/**
 * The most that each part can ever be for; a token's role takes away from it. What shows a secret, removes for good what
 * nobody can bring back, or is about people, keys and settings, is in no part.
 */
const partPermissions: Record<PortalPart, readonly Permission[]> = {
  webhooks: [
    'webhook.read',
    'webhook.write',
    'webhook.test',
    'webhook.delete',
    'event.read',
    'delivery.read',
    'delivery.replay',
    'retry.read',
  ],
  integrations: ['provider.read', 'integration.read', 'integration.write', 'integration.disconnect'],
};

/** What a token with these parts and this role is for, in the order of the parts. */
export function portalPermissions(parts: readonly PortalPart[], role: Role): Permission[] {
  return portalParts
    .filter((part) => parts.includes(part))
    .flatMap((part) => partPermissions[part].filter((permission) => allows(role, permission)));
}
