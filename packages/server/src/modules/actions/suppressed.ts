import type { CapabilityInput, CapabilityName } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { SuppressionReason } from '@trunkline/contract/inbound';
import type { OneTrip } from '../../db/one-trip.ts';
import type { AttemptResult } from './attempt.ts';

/** A recipient of a message that should get none. */
export interface Suppressed {
  address: string;
  reason: SuppressionReason;
}

/** Whom a message goes to, in lower case; nobody for every other action. */
export function recipientsOf(capability: CapabilityName, input: unknown): string[] {
  if (capability !== 'email.send') return [];
  const { to, cc = [], bcc = [] } = input as CapabilityInput<'email.send'>;
  return [...to, ...cc, ...bcc].map(({ email }) => email.toLowerCase());
}

/**
 * Rows of the suppressed ones among the recipients of parameter `$n`, where the organization refuses them. One look by the
 * primary key, so that it goes along with a statement that is there anyway.
 */
export const suppressedAmong = (parameter: string): string => `
  SELECT address, reason FROM email_suppressions
  WHERE organization_id = current_organization() AND address = ANY(${parameter}::text[]) AND NOT EXISTS (
    SELECT FROM inbound_settings WHERE organization_id = current_organization() AND NOT suppress)
  LIMIT 1`;

/** The first of the recipients that should get no mail; null when all may. */
export async function findSuppressed(tx: OneTrip, recipients: readonly string[]): Promise<Suppressed | null> {
  if (recipients.length === 0) return null;
  const [row] = await tx.query<Suppressed>(suppressedAmong('$1'), [recipients], 'find_suppressed');
  return row ?? null;
}

const reasons: Record<SuppressionReason, string> = {
  bounced: 'mail to it came back',
  spam_reported: 'its owner has reported mail as spam',
  unsubscribed: 'its owner wants no more mail',
  manual: 'somebody has put it on the list',
};

/** What comes of a message with such a recipient, instead of an attempt: nothing is sent to anybody. */
export function refusedFor({ address, reason }: Suppressed): AttemptResult {
  const problem: CheckProblem = {
    fault: 'badInput',
    title: 'A recipient is suppressed',
    cause: `${address} gets no more mail: ${reasons[reason]}. Nothing was sent to anybody.`,
    fix: 'Leave the address out, or take it off the list of suppressed addresses.',
    link: null,
  };
  return { outcome: 'failed', problem, retryAfterMs: null, durationMs: 0, called: null };
}
