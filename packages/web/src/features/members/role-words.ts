import { allows, permissions } from '@trunkline/contract/permissions';
import type { ActorKind, Permission, Role } from '@trunkline/contract/permissions';

export const roleDescriptions: Record<Role, string> = {
  system_admin: 'Everything: keys, retry settings, deletions and members.',
  utility_admin: 'Works with integrations, webhooks, events and retries; deletes nothing, manages nobody.',
  viewer: 'Sees everything, changes nothing.',
};

/** What a permission lets a person do, by area, in the order of the table. */
const areas: { area: string; acts: [Permission, string][] }[] = [
  {
    area: 'Webhooks',
    acts: [
      ['webhook.read', 'See webhooks'],
      ['webhook.write', 'Create, change, switch on and off'],
      ['webhook.test', 'Send tests'],
      ['webhook.secret', 'Show the signing secret'],
      ['webhook.delete', 'Delete webhooks'],
    ],
  },
  {
    area: 'Deliveries',
    acts: [
      ['delivery.read', 'See deliveries and dead letters'],
      ['delivery.replay', 'Replay deliveries, retry dead letters'],
      ['dead_letter.clear', 'Clear dead letters'],
      ['retry.read', 'See retry settings'],
      ['retry.write', 'Change retry settings'],
    ],
  },
  {
    area: 'Events',
    acts: [
      ['event.read', 'See the event catalog'],
      ['event.send', 'Send events'],
      ['event_type.write', 'Add and change own event types'],
    ],
  },
  {
    area: 'Integrations',
    acts: [
      ['integration.read', 'See integrations and their checks'],
      ['integration.write', 'Connect, configure, test, switch on and off'],
      ['verification.settings', 'Choose when integrations are verified'],
      ['integration.secret', 'Show stored credentials'],
      ['integration.disconnect', 'Disconnect integrations'],
      ['oauth_app.write', 'Set up apps at providers'],
      ['inbound.read', 'See webhooks that come in, and suppressed addresses'],
      ['inbound.write', 'Set up inbound webhooks, process them again, change suppressed addresses'],
      ['inbound.delete', 'Delete sources of inbound webhooks'],
      ['inbound.settings', 'Change how long inbound webhooks are kept'],
      ['exchange.read', 'See files for partners'],
      ['exchange.write', 'Make, send and take in files'],
    ],
  },
  {
    area: 'Actions',
    acts: [
      ['action.read', 'See actions'],
      ['action.run', 'Run actions: send messages, store files, call providers'],
      ['automation.read', 'See automations and their runs'],
      ['automation.write', 'Make and change automations, retry their runs'],
      ['failover.read', 'See failover settings'],
      ['failover.write', 'Change failover settings, switch and restore'],
    ],
  },
  {
    area: 'Providers',
    acts: [
      ['provider.read', 'See the provider catalog'],
      ['provider.write', 'Add and change own providers'],
      ['catalog.curate', 'Choose what the catalog shows'],
    ],
  },
  {
    area: 'Logs',
    acts: [
      ['log.read', 'See and export logs'],
      ['log.clear', 'Clear logs'],
      ['log.settings', 'Change how long logs are kept'],
    ],
  },
  {
    area: 'Alerts',
    acts: [
      ['alert.read', 'See alerts, rules and what was sent'],
      ['alert.write', 'Acknowledge, snooze and resolve alerts'],
      ['alert.settings', 'Change rules, channels and quiet hours'],
      ['status_update.write', 'Post and close status updates'],
    ],
  },
  {
    area: 'API',
    acts: [
      ['api_key.read', 'See the key, masked'],
      ['api_key.copy', 'Show and copy the key'],
      ['api_key.regenerate', 'Regenerate the key'],
      ['api_key.manage', 'Make, change and revoke scoped keys'],
      ['usage.read', 'See usage and limits'],
      ['limit.write', 'Change limits'],
      ['portal.read', 'See who has the portal open'],
      ['portal.write', 'Make and revoke portal tokens'],
      ['portal.settings', 'Allow pages to show the portal'],
    ],
  },
  {
    area: 'Organization',
    acts: [
      ['audit.read', 'Read and export the audit log'],
      ['audit.settings', 'Change how long the audit log is kept'],
      ['insights.read', 'See how the product is used'],
      ['tracking.send', 'Have their own use recorded'],
      ['tracking.settings', 'Switch recording of use on and off'],
      ['member.read', 'See members'],
      ['member.write', 'Invite, remove, change roles, sign out'],
      ['sign_in.write', 'Set how people sign in'],
    ],
  },
];

export interface MatrixArea {
  area: string;
  rows: { permission: Permission; act: string; allowed: Record<ActorKind, boolean> }[];
}

/** The role matrix as the server applies it; a permission without words here is listed under its own name. */
export function roleMatrix(): MatrixArea[] {
  const listed = new Set(areas.flatMap(({ acts }) => acts.map(([permission]) => permission)));
  const others = (Object.keys(permissions) as Permission[]).filter((permission) => !listed.has(permission));
  const all = [
    ...areas,
    ...(others.length > 0
      ? [{ area: 'Other', acts: others.map((permission): [Permission, string] => [permission, permission]) }]
      : []),
  ];
  return all.map(({ area, acts }) => ({
    area,
    rows: acts.map(([permission, act]) => ({
      permission,
      act,
      allowed: {
        system_admin: allows('system_admin', permission),
        utility_admin: allows('utility_admin', permission),
        viewer: allows('viewer', permission),
        api_key: allows('api_key', permission),
      },
    })),
  }));
}

/** What a change of role takes away and gives, in the words of the matrix. */
export function roleDifference(from: Role, to: Role): { gained: string[]; lost: string[] } {
  const rows = roleMatrix().flatMap((area) => area.rows);
  return {
    gained: rows.filter(({ allowed }) => allowed[to] && !allowed[from]).map(({ act }) => act),
    lost: rows.filter(({ allowed }) => allowed[from] && !allowed[to]).map(({ act }) => act),
  };
}
