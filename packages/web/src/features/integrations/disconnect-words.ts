import type { deleteIntegration } from '@trunkline/contract/integrations';
import type { OutputOf } from '@trunkline/contract/operation';
import type { Tone } from '../../components/StatusBadge.tsx';

/** What was done when an integration was disconnected, and what is left to do. */
export function disconnectedWords(
  { revoked, detail }: OutputOf<typeof deleteIntegration>,
  provider: string,
): { tone: Tone; title: string; text: string } {
  if (revoked === true)
    return { tone: 'active', title: `${provider} confirmed that access has ended`, text: detail };
  if (revoked === null) return { tone: 'active', title: 'The credentials are erased here', text: detail };
  return { tone: 'degraded', title: `${provider} did not confirm that access has ended`, text: detail };
}
