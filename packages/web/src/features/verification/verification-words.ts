import type { Verification, VerificationOutcome } from '@trunkline/contract/verification';
import { countOf } from '../../lib/format.ts';

/** What was found of an integration, as a word. */
export const outcomeWords: Record<VerificationOutcome, string> = {
  failed: 'Failed',
  warning: 'Needs attention',
  ok: 'In order',
  skipped: 'Not checked',
};

/** How a run ended, as a sentence. */
export function resultSentence(counts: NonNullable<Verification['counts']>): string {
  const { failed, warning, ok, skipped } = counts;
  const parts = [
    failed > 0 ? `${countOf(failed, 'integration does', 'integrations do')} not work` : null,
    warning > 0 ? `${countOf(warning, 'integration needs', 'integrations need')} attention` : null,
    ok > 0 ? `${countOf(ok, 'is', 'are')} in order` : null,
    skipped > 0 ? `${countOf(skipped, 'was', 'were')} not checked` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'There was nothing to verify.' : `${parts.join(', ')}.`;
}

/** A day of the month as one says it: 1st, 2nd, 3rd, 4th … */
export function ordinal(day: number): string {
  const last = day % 10;
  const isTeen = day > 10 && day < 20;
  const ending = isTeen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th';
  return `${day}${ending}`;
}
