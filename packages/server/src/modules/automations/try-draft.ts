import { pathsOf, renderTemplate } from '@trunkline/contract/automation-template';
import type { TemplateIssue } from '@trunkline/contract/automation-template';
import type { AutomationStep, AutomationTrigger } from '@trunkline/contract/automations';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { matchesPattern } from '@trunkline/contract/event-pattern';
import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { exampleDay } from './day.ts';
import { meets } from './rules.ts';
import { sampleOutput } from './sample-output.ts';

export interface Draft {
  trigger: AutomationTrigger;
  steps: readonly AutomationStep[];
}

/** An event type with an example of its data. */
export interface ExampleType {
  name: string;
  example: Record<string, unknown>;
}

/** Events of these types make no automation run, or it would run because of itself. */
export const ownPrefix = 'automation.';

/** The types that make a draft run, with their examples; the organization's own types without an example are left out. */
export function examplesOf(trigger: AutomationTrigger, own: readonly ExampleType[]): ExampleType[] {
  if (trigger.kind !== 'event') return [];
  const described = own.filter(({ example }) => Object.keys(example).length > 0);
  return [...eventTypes, ...described].filter(
    ({ name }) =>
      !name.startsWith(ownPrefix) && trigger.events.some((pattern) => matchesPattern(pattern, name)),
  );
}

/** What placeholders find when a draft is tried with an example; null: a time of day. */
export function exampleScope(example: ExampleType | null, at: number): Record<string, unknown> {
  if (example === null) return { day: exampleDay };
  const timestamp = new Date(at).toISOString();
  return { event: { id: 'evt-example', type: example.name, timestamp, data: example.example } };
}

export interface TriedStep {
  /** Filled and checked; null when it cannot be. */
  input: unknown;
  issues: TemplateIssue[];
}

/** Fills the inputs of all steps, in order, and checks each as the capability does. */
export function tryWith(draft: Draft, scope: Record<string, unknown>): TriedStep[] {
  const steps: Record<string, unknown> = {};
  return draft.steps.map(({ name, capability, input }) => {
    const unknownRoots = issuesOfRoots(input, { ...scope, steps });
    const filled = unknownRoots.length > 0 ? null : fillInput(capability, input, { ...scope, steps });
    steps[name] = sampleOutput(capability);
    if (filled === null) return { input: null, issues: unknownRoots };
    return filled.ok ? { input: filled.shown, issues: [] } : { input: null, issues: filled.issues };
  });
}

export type Filled =
  { ok: true; shown: Record<string, unknown>; input: unknown } | { ok: false; issues: TemplateIssue[] };

/** Fills the input of one step and checks it as its capability does; `shown` is without the capability's defaults. */
export function fillInput(
  capability: CapabilityName,
  template: Record<string, unknown>,
  scope: Record<string, unknown>,
): Filled {
  const rendered = renderTemplate(template, scope);
  if (!rendered.ok) return rendered;
  const parsed = capabilities[capability].input.safeParse(rendered.value);
  if (parsed.success) {
    return { ok: true, shown: rendered.value as Record<string, unknown>, input: parsed.data };
  }
  const issues = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((key) => `/${String(key)}`).join(''),
    detail: message,
  }));
  return { ok: false, issues };
}

/** A step that is named later, a step that is not there, `day` after an event: said as what it is, not as missing. */
function issuesOfRoots(template: Record<string, unknown>, scope: Record<string, unknown>): TemplateIssue[] {
  const { paths, issues } = pathsOf(template);
  const steps = scope['steps'] as Record<string, unknown>;
  const wrong = paths.flatMap((path) => {
    const [root, second = ''] = path.split('.');
    if (root === 'steps' && !Object.hasOwn(steps, second)) {
      return [{ pointer: '', detail: `${path}: no earlier step is called “${second}”.` }];
    }
    if (!Object.hasOwn(scope, root!)) {
      const known = Object.keys(scope).join(', ');
      return [{ pointer: '', detail: `${path}: placeholders begin with one of ${known}.` }];
    }
    return [];
  });
  return [...issues, ...wrong];
}

/** What is wrong with a draft, with pointers into it. All examples are tried for which its conditions hold. */
export function issuesOf(draft: Draft, own: readonly ExampleType[], at: number): TemplateIssue[] {
  const examples = examplesOf(draft.trigger, own);
  const conditions = draft.trigger.kind === 'event' ? draft.trigger.conditions : [];
  const tried =
    draft.trigger.kind === 'daily'
      ? [{ about: '', scope: exampleScope(null, at) }]
      : examples
          .map((example) => ({
            about: examples.length > 1 ? `${example.name}: ` : '',
            scope: exampleScope(example, at),
          }))
          .filter(({ scope }) => meets(conditions, scope));
  const issues = new Map<string, TemplateIssue>();
  for (const { about, scope } of tried) {
    tryWith(draft, scope).forEach((step, index) => {
      for (const { pointer, detail } of step.issues) {
        const whole = { pointer: `/steps/${index}/input${pointer}`, detail: `${about}${detail}` };
        // One example stands for all that have the same to say.
        const key = `${whole.pointer} ${detail}`;
        if (!issues.has(key)) issues.set(key, whole);
      }
    });
  }
  if (tried.length > 0) return [...issues.values()].slice(0, 20);
  return draft.steps.flatMap(({ input }, index) =>
    pathsOf(input).issues.map(({ pointer, detail }) => ({
      pointer: `/steps/${index}/input${pointer}`,
      detail,
    })),
  );
}
