import type { Automation, AutomationStep, AutomationTrigger } from '@trunkline/contract/automations';
import type { CapabilityName } from '@trunkline/contract/capabilities';

/** What the form holds: what an automation is saved from. */
export interface Draft {
  name: string;
  trigger: AutomationTrigger;
  steps: AutomationStep[];
  runsPerHour: number;
}

export const emptyDraft: Draft = {
  name: '',
  trigger: { kind: 'event', events: [], conditions: [] },
  steps: [{ name: 'post', capability: 'chat.post', integrationId: null, input: {} }],
  runsPerHour: 600,
};

export function draftOf({ name, trigger, steps, runsPerHour }: Automation): Draft {
  return { name, trigger, steps, runsPerHour };
}

/** A name for a step that none of the others has. */
export function freeStepName(steps: readonly AutomationStep[], capability: CapabilityName): string {
  const base = capability.split('.')[0] ?? 'step';
  const taken = new Set(steps.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(name)) return name;
  }
}

/** What is missing before a draft can be tried or saved; null when nothing is. */
export function missingIn(draft: Draft): string | null {
  if (draft.trigger.kind === 'event' && draft.trigger.events.length === 0) return 'Choose an event.';
  if (draft.steps.length === 0) return 'Add a step.';
  if (draft.name.trim() === '') return 'Give it a name.';
  return null;
}
