import type {
  AutomationCondition,
  AutomationRunStatus,
  AutomationRunStep,
  AutomationTrigger,
} from '@trunkline/contract/automations';
import type { Status } from '../../components/StatusBadge.tsx';

/** Why a viewer cannot. */
export const mayNotEdit = 'Viewers see automations; an administrator makes and changes them.';

/** How a run looks. */
export const runLooks: Record<AutomationRunStatus, { status: Status; label: string }> = {
  queued: { status: 'pending', label: 'Queued' },
  running: { status: 'running', label: 'Running' },
  waiting: { status: 'waiting', label: 'Waiting' },
  succeeded: { status: 'completed', label: 'Done' },
  dead_lettered: { status: 'dead_lettered', label: 'Dead letter' },
  cancelled: { status: 'cancelled', label: 'Cancelled' },
};

/** What a state means, as a sentence. */
export const runMeanings: Record<AutomationRunStatus, string> = {
  queued: 'It waits for its turn or for another try.',
  running: 'It is being worked on.',
  waiting: 'Its action is on its way, or waits for its provider.',
  succeeded: 'Every step was done.',
  dead_lettered: 'It was given up. Steps that were done are not done again when you retry it.',
  cancelled: 'It was stopped before its steps were done.',
};

/** How a step of a run looks. */
export const stepLooks: Record<AutomationRunStep['status'], { status: Status; label: string }> = {
  running: { status: 'running', label: 'On its way' },
  succeeded: { status: 'completed', label: 'Done' },
  failed: { status: 'failed', label: 'Failed' },
  ambiguous: { status: 'degraded', label: 'In doubt' },
  cancelled: { status: 'cancelled', label: 'Cancelled' },
};

export const operatorWords: Record<AutomationCondition['operator'], string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
  at_least: 'is at least',
  at_most: 'is at most',
  exists: 'is there',
  missing: 'is missing',
};

/** Whether an operator is followed by a value. */
export function takesValue(operator: AutomationCondition['operator']): boolean {
  return operator !== 'exists' && operator !== 'missing';
}

/** `Every day at 18:00, Europe/Berlin`. */
export function dailyWords({ hour, timeZone }: Extract<AutomationTrigger, { kind: 'daily' }>): string {
  return `Every day at ${String(hour).padStart(2, '0')}:00, ${timeZone}`;
}

/** The conditions of a trigger as a sentence; null when there are none. */
export function conditionWords(conditions: readonly AutomationCondition[]): string | null {
  if (conditions.length === 0) return null;
  const words = conditions.map(({ field, operator, value }) =>
    [field.replace(/^event\.(data\.)?/, ''), operatorWords[operator], takesValue(operator) ? value : '']
      .join(' ')
      .trim(),
  );
  return `if ${words.join(' and ')}`;
}
