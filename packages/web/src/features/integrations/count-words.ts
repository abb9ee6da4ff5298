import type { IntegrationCounts } from '@trunkline/contract/integrations';

/** A share of a whole as people say it: 16 of 18 is `89 %`; of nothing, `–`. */
export function shareWords(count: number, total: number): string {
  return total === 0 ? '–' : `${Math.round((100 * count) / total)} %`;
}

/** What stands below the counters: shares of the total, and what a number is made of (UC-ADMIN-007, section 3). */
export function countNotes(
  counts: IntegrationCounts,
): Record<'total' | 'active' | 'errors' | 'disabled', string> {
  const { total, active, errors, degraded, pending, disabled } = counts;
  const parts = [
    ...(errors > 0 && degraded > 0 ? [`${errors} failing`] : []),
    ...(degraded > 0 ? [`${degraded} degraded`] : []),
  ];
  return {
    total: pending > 0 ? `${pending} not connected yet` : 'In this organization',
    active: shareWords(active, total),
    errors: [shareWords(errors + degraded, total), parts.join(', ')].filter(Boolean).join(' · '),
    disabled: shareWords(disabled, total),
  };
}
