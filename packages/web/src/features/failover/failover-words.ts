import type { CapabilityName } from '@trunkline/contract/capabilities';
import { capabilities } from '@trunkline/contract/capabilities';
import type { FailoverConfig, FailoverMember, FailoverSwitch } from '@trunkline/contract/failover';
import type { IntegrationStatus } from '@trunkline/contract/integrations';

/** Why a control of failover is locked. */
export const failoverLocked = 'Only a system administrator changes failover and switches.';

/** `Send email, Post in a chat`. */
export function capabilityText(names: readonly CapabilityName[]): string {
  return names.map((name) => capabilities[name].label).join(', ');
}

export interface Standing {
  status: 'active' | 'degraded' | 'error' | 'disabled' | 'syncing';
  label: string;
}

const words: Record<IntegrationStatus, Standing> = {
  active: { status: 'active', label: 'Active' },
  degraded: { status: 'degraded', label: 'Degraded' },
  error: { status: 'error', label: 'Error' },
  pending: { status: 'syncing', label: 'Not connected' },
  disabled: { status: 'disabled', label: 'Disabled' },
};

/** How a member of a chain stands: one that works and is not used waits in standby. */
export function standingOf({ status }: Pick<FailoverMember, 'status'>, isActive: boolean): Standing {
  return status === 'active' && !isActive ? { status: 'syncing', label: 'Standby' } : words[status];
}

/** What was switched, as a sentence. */
export function switchText({ kind, from, to }: FailoverSwitch): string {
  if (kind === 'restored') return `${to.name} is used again instead of ${from.name}`;
  if (kind === 'made_primary') {
    return from.id === to.id
      ? `${to.name} was made primary`
      : `${to.name} took the place of ${from.name} as primary`;
  }
  return `${to.name} is used instead of ${from.name}`;
}

/** What making this integration the primary does, before it is done. */
export function makePrimaryText(member: FailoverMember, former: { name: string } | null): string[] {
  const what = capabilityText(member.capabilities);
  return [
    `From now on ${member.name} is asked first: ${what}.`,
    former === null
      ? 'No other integration changes.'
      : `${former.name} becomes its first backup; the rules for switching and the other backups move along.`,
    'Calls that are under way stay where they are.',
  ];
}

/** What the banner says while calls go to a backup; null when they do not. */
export function overText(config: FailoverConfig): { title: string; text: string } | null {
  const active = config.backups.find(({ id }) => id === config.activeIntegrationId);
  if (!active) return null;
  const { primary } = config;
  const text =
    config.trigger === 'manual'
      ? 'A person switched. It stays so until somebody restores the primary.'
      : config.autoRestore
        ? `It goes back by itself when ${primary.name} has worked for ${minutes(config.stabilityMinutes)}.`
        : 'It stays so until somebody restores the primary.';
  return { title: `Calls go through ${active.name}`, text };
}

function minutes(count: number): string {
  if (count === 0) return 'one check';
  return count === 1 ? 'a minute' : `${count} minutes`;
}
