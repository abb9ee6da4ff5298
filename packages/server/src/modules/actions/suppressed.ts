import type { CapabilityInput, CapabilityName } from '@trunkline/contract/capabilities';
import type { SuppressionReason } from '@trunkline/contract/inbound';
import type { App } from '../../ctx.ts';
import { oneTrip } from '../../db/one-trip.ts';
import type { AttemptResult } from './attempt.ts';

const reasons: Record<SuppressionReason, string> = {
  bounced: 'mail to it came back',
  spam_reported: 'its owner has reported mail as spam',
  unsubscribed: 'its owner wants no more mail',
  manual: 'somebody has put it on the list',
};

/**
 * What becomes of mail to an address that should get none, instead of an attempt; null where it may be sent. Asked right
 * before it is sent, so that what was queued for later is refused as well.
 */
export async function refuseSuppressed(
  app: Pick<App, 'pool'>,
  organizationId: string,
  { capability, input }: { capability: CapabilityName; input: unknown },
): Promise<AttemptResult | null> {
  if (capability !== 'email.send') return null;
  const { to, cc = [], bcc = [] } = input as CapabilityInput<'email.send'>;
  const addresses = [...to, ...cc, ...bcc].map(({ email }) => email.toLowerCase());
  const [row] = await oneTrip(app.pool, organizationId, (tx) =>
    tx.query<{ address: string; reason: SuppressionReason }>(
      `SELECT address, reason FROM email_suppressions
       WHERE organization_id = current_organization() AND address = ANY($1::text[]) AND NOT EXISTS (
         SELECT FROM inbound_settings WHERE organization_id = current_organization() AND NOT suppress)
       LIMIT 1`,
      [addresses],
      'find_suppressed',
    ),
  );
  if (row === undefined) return null;
  const { address, reason } = row;
  return {
    outcome: 'failed',
    problem: {
      fault: 'badInput',
      title: 'A recipient is suppressed',
      cause: `${address} gets no more mail: ${reasons[reason]}. Nothing was sent to anybody.`,
      fix: 'Leave the address out, or take it off the list of suppressed addresses.',
      link: null,
    },
    retryAfterMs: null,
    durationMs: 0,
    called: null,
  };
}
