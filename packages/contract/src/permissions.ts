/** Roles of a person in an organization (requirements ACC-1). */
export const roles = ['system_admin', 'utility_admin', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** A machine with the organization's API key. It is not a person and holds no role. */
export const actorKinds = [...roles, 'api_key'] as const;
export type ActorKind = (typeof actorKinds)[number];

const everyone: readonly ActorKind[] = ['system_admin', 'utility_admin', 'viewer', 'api_key'];
const people: readonly ActorKind[] = ['system_admin', 'utility_admin', 'viewer'];
const editors: readonly ActorKind[] = ['system_admin', 'utility_admin', 'api_key'];
const administrators: readonly ActorKind[] = ['system_admin', 'api_key'];
const systemAdministrator: readonly ActorKind[] = ['system_admin'];

/**
 * The matrix of requirements ACC, the one place that says who may do what. The server's `authorize`,
 * the UI's locks and the generated permission tests all read this table.
 */
export const permissions = {
  'webhook.read': everyone,
  'webhook.write': editors,
  'webhook.test': editors,
  'webhook.delete': administrators,
  'webhook.secret': ['system_admin', 'utility_admin'],
  'event.send': editors,
  'event.read': everyone,
  'event_type.write': editors,
  'delivery.read': everyone,
  'delivery.replay': editors,
  'dead_letter.clear': administrators,
  'provider.read': everyone,
  'provider.write': administrators,
  'catalog.curate': systemAdministrator,
  'integration.read': everyone,
  'integration.write': editors,
  'integration.disconnect': administrators,
  'integration.secret': systemAdministrator,
  'oauth_app.write': systemAdministrator,
  'inbound.read': everyone,
  'inbound.write': editors,
  'inbound.delete': administrators,
  'inbound.settings': systemAdministrator,
  'exchange.read': everyone,
  'exchange.write': editors,
  'action.read': everyone,
  'action.run': editors,
  'automation.read': everyone,
  'automation.write': editors,
  'failover.read': everyone,
  'failover.write': administrators,
  'alert.read': everyone,
  'alert.write': editors,
  'alert.settings': systemAdministrator,
  'status_update.write': ['system_admin', 'utility_admin'],
  'retry.read': everyone,
  'retry.write': administrators,
  'verification.settings': systemAdministrator,
  'api_key.read': everyone,
  'api_key.copy': ['system_admin', 'utility_admin'],
  'api_key.regenerate': systemAdministrator,
  'log.read': everyone,
  'log.clear': systemAdministrator,
  'log.settings': systemAdministrator,
  'api_key.manage': systemAdministrator,
  'usage.read': everyone,
  'limit.write': systemAdministrator,
  'portal.read': ['system_admin', 'utility_admin', 'api_key'],
  'portal.write': administrators,
  'portal.settings': administrators,
  'audit.read': everyone,
  'audit.settings': systemAdministrator,
  'insights.read': ['system_admin', 'utility_admin'],
  'tracking.send': people,
  'tracking.settings': systemAdministrator,
  'member.read': people,
  'member.write': systemAdministrator,
  'sign_in.write': systemAdministrator,
} as const satisfies Record<string, readonly ActorKind[]>;

export type Permission = keyof typeof permissions;

/** Says whether the matrix gives a permission to this kind of actor. */
export function allows(actor: ActorKind, permission: Permission): boolean {
  return (permissions[permission] as readonly ActorKind[]).includes(actor);
}
