import type { CallLimits } from '@trunkline/contract/integrations';
import type { Tone } from '../../components/StatusBadge.tsx';
import { formatNumber, formatPercent } from '../../lib/format.ts';

/** How much of a limit is used. */
export interface Usage {
  text: string;
  tone: Tone;
}

/** From this share on the bar warns. */
const nearShare = 0.8;

/** `247 of 25,000 (0.9 %)`, or `247, no limit`. */
export function usageOf(used: number, limit: number | null): Usage {
  if (limit === null) return { text: `${formatNumber(used)}, no limit`, tone: 'disabled' };
  const share = used / limit;
  return {
    text: `${formatNumber(used)} of ${formatNumber(limit)} (${formatPercent(share)})`,
    tone: share >= 1 ? 'error' : share >= nearShare ? 'degraded' : 'active',
  };
}

/** What happens now that a limit is reached; null while there is room. */
export function fullWords(
  limits: CallLimits,
  usage: { hour: number; day: number },
  unit: string,
): string | null {
  const dayFull = limits.perDay !== null && usage.day >= limits.perDay;
  const hourFull = limits.perHour !== null && usage.hour >= limits.perHour;
  if (!dayFull && !hourFull) return null;
  const until = dayFull ? 'midnight, UTC' : 'the next full hour';
  return limits.onLimit === 'queue'
    ? `The limit is reached: further ${unit} wait until ${until}.`
    : `The limit is reached: further ${unit} are refused until ${until}.`;
}

/** What an integration's calls are called. */
export function unitOf(authType: string): string {
  return authType === 'smtp' ? 'emails' : 'calls';
}
