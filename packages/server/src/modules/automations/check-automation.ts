import { checkAutomation as operation } from '@trunkline/contract/automations';
import type { AutomationCheck } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { listOwnExamples } from './own-examples.ts';
import { meets } from './rules.ts';
import { sampleOutput } from './sample-output.ts';
import { readStanding } from './standing.ts';
import { exampleScope, examplesOf, issuesOf, tryWith } from './try-draft.ts';

const mostPaths = 200;

/** Fills a draft from the example of an event type and says what is wrong with it. Saves and sends nothing. */
export const checkAutomation: Verb<typeof operation> = async (ctx, { trigger, steps, example }) => {
  authorize(ctx, operation);
  const at = ctx.app.clock();
  return inOrganization(ctx, async (tx) => {
    const own = await listOwnExamples(tx);
    const standing = await readStanding(
      tx,
      steps.map(({ capability }) => capability),
    );
    const examples = examplesOf(trigger, own);
    const chosen = examples.find(({ name }) => name === example) ?? examples[0] ?? null;
    const noExample = trigger.kind === 'event' && chosen === null;
    const scope = noExample ? {} : exampleScope(chosen, at);
    const tried = noExample ? [] : tryWith({ trigger, steps }, scope);
    const issues = issuesOf({ trigger, steps }, own, at);
    const outputs = Object.fromEntries(steps.map((step) => [step.name, sampleOutput(step.capability)]));
    return {
      example:
        chosen === null ? null : { type: chosen.name, event: scope['event'] as Record<string, unknown> },
      matches: trigger.kind === 'daily' || (chosen !== null && meets(trigger.conditions, scope)),
      paths: pathsIn({ ...scope, ...(steps.length > 1 && { steps: outputs }) }),
      steps: steps.map((step, index) => {
        const whole = `/steps/${index}/input`;
        return {
          name: step.name,
          input: tried[index]?.input ?? null,
          issues: issues
            .filter(({ pointer }) => pointer === whole || pointer.startsWith(`${whole}/`))
            .map(({ pointer, detail }) => ({ pointer: pointer.slice(whole.length), detail })),
          providedBy: standing.askedFor(step),
          providers: allProviders.flatMap(({ name, adapters }) =>
            adapters?.[step.capability] ? [name] : [],
          ),
        };
      }),
    };
  });
};

/** Every value of a scope with its path; lists of objects by `*`. */
function pathsIn(scope: Record<string, unknown>): AutomationCheck['paths'] {
  const found: AutomationCheck['paths'] = [];
  const visit = (value: unknown, path: string): void => {
    if (found.length >= mostPaths) return;
    if (Array.isArray(value)) {
      const [first] = value as unknown[];
      if (typeof first === 'object' && first !== null) return visit(first, `${path}.*`);
      found.push({ path, value: value.join(', ').slice(0, 200) });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) visit(member, path === '' ? key : `${path}.${key}`);
    } else {
      found.push({ path, value: String(value).slice(0, 200) });
    }
  };
  visit(scope, '');
  return found;
}
