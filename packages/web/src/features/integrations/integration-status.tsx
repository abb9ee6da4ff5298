import type { Integration, IntegrationStatus } from '@trunkline/contract/integrations';
import { StatusBadge } from '../../components/StatusBadge.tsx';

/** The state of an integration as icon and word. */
export function IntegrationStatusBadge({ status, plain }: { status: IntegrationStatus; plain?: boolean }) {
  return <StatusBadge status={status} plain={plain ?? false} />;
}

/** What a state means, as a sentence. */
export const statusMeanings: Record<IntegrationStatus, string> = {
  active: 'It works.',
  degraded: 'It works with a restriction.',
  error: 'It does not work until somebody acts or the provider recovers.',
  pending: 'It was begun and never connected.',
  disabled: 'It was switched off by a person.',
};

/** Why an integration is not simply active, in a few words; null when it is. */
export function statusReason({ status, problem }: Pick<Integration, 'status' | 'problem'>): string | null {
  if (status === 'active') return null;
  if (status === 'disabled') return 'Switched off';
  if (problem) return problem.title;
  return status === 'pending' ? 'Not connected yet' : statusMeanings[status];
}
