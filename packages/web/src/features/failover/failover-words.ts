import { payrollResultDays } from '@trunkline/contract/last-resorts';
import type { LastResortKind } from '@trunkline/contract/last-resorts';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { capabilities } from '@trunkline/contract/capabilities';
import type {
  FailoverConfig,
  FailoverMember,
  FailoverSwitch,
  FilesToCopyBack,
} from '@trunkline/contract/failover';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { countOf } from '../../lib/format.ts';

/** Why a control of failover is locked. */
export const failoverLocked = 'Only a system administrator changes failover and switches.';

/** `Send email, Post in a chat`. */
export function capabilityText(names: readonly CapabilityName[]): string {
  return names.map((name) => capabilities[name].label).join(', ');
}

/** Where calls go, of an integration that they go through: for what, where that is not all that it can do. */
export function activeText({
  activeFor,
  capabilities: able,
}: {
  activeFor: readonly CapabilityName[];
  capabilities: readonly CapabilityName[];
}): string {
  const isWhole = activeFor.length === 0 || activeFor.length === able.length;
  return isWhole ? 'Currently active' : `Currently active for: ${capabilityText(activeFor)}`;
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

/** `3 files wait to be copied back`; null when none does. */
export function copyBackTitle(waiting: number): string | null {
  return waiting === 0
    ? null
    : countOf(waiting, 'file waits to be copied back', 'files wait to be copied back');
}

/** When files that backups took come to the primary, and which do not. */
export function copyBackText({ waiting, givenUp, problem }: FilesToCopyBack, over: boolean): string {
  const kept =
    givenUp === 0
      ? ''
      : `${countOf(givenUp, 'file is', 'files are')} not tried again and read at the backup from now on: store ${givenUp === 1 ? 'it' : 'them'} anew, or copy again when the cause is mended.`;
  const next =
    givenUp === waiting
      ? ''
      : over
        ? 'Each is read at the backup, and copied when calls go to the primary again.'
        : 'Each is read at the backup until it is copied.';
  const why = problem === null ? '' : `The last try failed: ${problem.title}.`;
  return [next, kept, why].filter((text) => text !== '').join(' ');
}

function minutes(count: number): string {
  if (count === 0) return 'one check';
  return count === 1 ? 'a minute' : `${count} minutes`;
}

/** What a last resort does, what it is called while it holds something, and what it was when that has ended. */
export const lastResortWords: Record<LastResortKind, { title: string; does: string; was: string }> = {
  queue: {
    title: 'It waits until an integration works',
    does: 'It stays in the queue until one of the integrations works again, however long that takes.',
    was: 'It had waited in the queue because every integration failed.',
  },
  keep: {
    title: 'The file is kept here',
    does: 'The file is kept here, encrypted, can be fetched as usual, and is copied as soon as a store works again.',
    was: 'The file had been kept here because every store failed.',
  },
  file: {
    title: 'A file is written',
    does: `A CSV file is written in the layout of your payroll, kept for download for ${payrollResultDays} days, and somebody carries it on.`,
    was: 'Every payroll failed: a file was written instead, for somebody to carry on.',
  },
  by_hand: {
    title: 'Somebody has to do it',
    does: 'It goes on a list, and somebody does it by hand and marks it as done.',
    was: 'It was on the list of what has to be done by hand because every integration failed.',
  },
};
