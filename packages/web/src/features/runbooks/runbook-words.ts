import type { RunbookPhase, RunbookSummary } from '@trunkline/contract/runbooks';
import { countOf } from '../../lib/format.ts';

/** The parts of a runbook as their headings say them. */
export const phaseTitles: Record<RunbookPhase, { title: string; about: string }> = {
  immediate: { title: '1. Find out', about: 'A few minutes: what fails, and whose fault is it?' },
  fallback: {
    title: '2. Keep going without it',
    about: 'What works meanwhile, before anything is repaired.',
  },
  communication: { title: '3. Tell people', about: 'Before they ask.' },
  resolution: { title: '4. Repair and go back', about: 'Slowly enough that it stays repaired.' },
};

/** How the integrations of a category are, in a few words. */
export function stateWords({
  integrations,
  errors,
}: Pick<RunbookSummary, 'integrations' | 'errors'>): string {
  if (integrations === 0) return 'Nothing connected';
  if (errors === 0) return integrations === 1 ? 'Works' : `All ${integrations} work`;
  return errors === integrations && integrations === 1
    ? 'Does not work'
    : `${errors} of ${countOf(integrations, 'integration', 'integrations')} ${errors === 1 ? 'does' : 'do'} not work`;
}
