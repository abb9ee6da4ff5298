import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { listCapabilities } from '@trunkline/contract/actions';
import {
  checkAutomation,
  createAutomation,
  getAutomation,
  listAutomations,
  maxSteps,
  updateAutomation,
} from '@trunkline/contract/automations';
import type { Automation, AutomationCheck, AutomationStep } from '@trunkline/contract/automations';
import { matchesPattern } from '@trunkline/contract/event-pattern';
import { listEventTypes } from '@trunkline/contract/events';
import { listIntegrations } from '@trunkline/contract/integrations';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { Notice } from '../../components/Notice.tsx';
import bar from '../../components/SaveBar.module.css';
import { Stack } from '../../components/Stack.tsx';
import { UnsavedGuard } from '../../components/UnsavedGuard.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { StepCard } from './StepCard.tsx';
import { TriggerFields } from './TriggerFields.tsx';
import { freeStepName, missingIn } from './automation-draft.ts';
import type { Draft } from './automation-draft.ts';
import classes from './AutomationForm.module.css';

const settleMs = 350;

/** Tries the draft as it is typed, once it rests for a moment. */
function useCheck({ trigger, steps }: Draft, example: string | null): AutomationCheck | undefined {
  const [settled] = useDebouncedValue(
    JSON.stringify({ trigger, steps, ...(example && { example }) }),
    settleMs,
  );
  const input = JSON.parse(settled) as {
    trigger: Draft['trigger'];
    steps: AutomationStep[];
    example?: string;
  };
  const ready = input.trigger.kind === 'daily' || input.trigger.events.length > 0;
  return useOperation(checkAutomation, input, { enabled: ready, keepPrevious: true, staleTime: 30_000 }).data;
}

/** An example of the event, to see what there is and to choose another. */
function Example({
  draft,
  check,
  onChoose,
}: {
  draft: Draft;
  check: AutomationCheck | undefined;
  onChoose: (type: string | null) => void;
}) {
  const catalog = useOperation(listEventTypes, {}, { staleTime: 60_000 });
  const { trigger } = draft;
  if (trigger.kind === 'daily') {
    return (
      <div className={classes.preview}>
        <h3 className={classes.previewTitle}>What can be named</h3>
        <p className={classes.hint}>Counts of the 24 hours before, with example numbers.</p>
        <CodeBlock
          label="Placeholders"
          value={Object.fromEntries((check?.paths ?? []).map(({ path, value }) => [`{{ ${path} }}`, value]))}
        />
      </div>
    );
  }
  const matching = (catalog.data?.data ?? [])
    .map(({ name }) => name)
    .filter((name) => trigger.events.some((pattern) => matchesPattern(pattern, name)));
  return (
    <div className={classes.preview}>
      <h3 className={classes.previewTitle}>What can be named</h3>
      <p className={classes.hint}>
        Write a field as <span className="mono">{'{{ event.data.id }}'}</span>; with{' '}
        <span className="mono">{'| "text"'}</span> where it may be missing.
      </p>
      {matching.length > 1 && (
        <Select
          aria-label="Example of"
          size="xs"
          data={matching}
          allowDeselect={false}
          value={check?.example?.type ?? null}
          onChange={onChoose}
        />
      )}
      {check?.example ? (
        <>
          {!check.matches && (
            <Notice tone="degraded" title="The conditions do not hold for this example">
              It would not run for it. The steps are shown all the same.
            </Notice>
          )}
          <div className={classes.example}>
            <CodeBlock
              label={`Example of ${check.example.type}`}
              value={JSON.stringify(check.example.event)}
            />
          </div>
        </>
      ) : (
        <p className={classes.hint}>
          {trigger.events.length === 0
            ? 'Choose an event to see what it brings.'
            : 'The catalog has no example of these events: steps are tried when the first one comes.'}
        </p>
      )}
    </div>
  );
}

/** An automation to fill in: when, what, and what that comes to. */
export function AutomationForm({
  automation,
  initial,
  template,
}: {
  automation: Automation | null;
  initial: Draft;
  template: string | null;
}) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(initial);
  const [saved, setSaved] = useState(initial);
  // A step keeps its fields' texts while others are moved or removed.
  const [keys, setKeys] = useState(() => initial.steps.map((_, index) => index));
  const nextKey = useRef(initial.steps.length);
  const [example, setExample] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const leaving = useRef(false);
  const check = useCheck(draft, example);
  const described = useOperation(listCapabilities, {});
  const integrations = useOperation(listIntegrations, { limit: 100 });
  const names = new Map((integrations.data?.data ?? []).map(({ id, name }) => [id, name]));
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved);

  const invalidates = [listAutomations, getAutomation];
  const create = useOperationMutation(createAutomation, { invalidates });
  const update = useOperationMutation(updateAutomation, { invalidates });
  const saving = create.isPending || update.isPending;

  function setSteps(steps: AutomationStep[]): void {
    setDraft({ ...draft, steps });
  }

  function add(): void {
    const capability = 'chat.post' as const;
    const name = freeStepName(draft.steps, capability);
    setKeys([...keys, nextKey.current]);
    nextKey.current += 1;
    setSteps([...draft.steps, { name, capability, integrationId: null, input: {} }]);
  }

  function move(index: number): void {
    const swap = <T,>(list: readonly T[]): T[] =>
      list.map((one, at) => (at === index ? list[index - 1]! : at === index - 1 ? list[index]! : one));
    setKeys(swap(keys));
    setSteps(swap(draft.steps));
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const missing = missingIn(draft);
    setProblem(missing);
    if (missing !== null || saving) return;
    try {
      if (automation) await update.mutateAsync({ id: automation.id, ...draft });
      else await create.mutateAsync({ ...draft, template });
      setSaved(draft);
      leaving.current = true;
      notifyDone(automation ? 'Automation saved' : 'Automation made: it works from the next event on');
      await navigate({ to: '/automations' });
    } catch {
      // The mutation holds the error.
    }
  }
  const refusal = create.error ?? update.error;
  const refused =
    refusal && [refusal.detail, ...refusal.errors.map(({ detail }) => detail)].slice(0, 3).join(' ');

  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack>
        <Card title="When">
          <div className={classes.two}>
            <div className={classes.fields}>
              <TextInput
                label="Name"
                withAsterisk
                maxLength={100}
                value={draft.name}
                onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
              />
              <TriggerFields
                value={draft.trigger}
                paths={check?.paths ?? []}
                onChange={(trigger) => setDraft({ ...draft, trigger })}
              />
              <NumberInput
                label="At most so many runs an hour"
                description="More wait for the next hour. It keeps a loop or a flood from doing harm."
                min={1}
                max={10_000}
                allowDecimal={false}
                value={draft.runsPerHour}
                onChange={(value) => setDraft({ ...draft, runsPerHour: Math.max(1, Number(value) || 1) })}
              />
            </div>
            <Example draft={draft} check={check} onChoose={setExample} />
          </div>
        </Card>
        {draft.steps.map((step, index) => (
          <StepCard
            key={keys[index]}
            step={step}
            number={index + 1}
            described={described.data?.data.find(({ capability }) => capability === step.capability)}
            check={check?.steps[index]?.name === step.name ? check.steps[index] : undefined}
            names={names}
            paths={check?.paths ?? []}
            onChange={(next) => setSteps(draft.steps.map((one, at) => (at === index ? next : one)))}
            onUp={index > 0 ? () => move(index) : null}
            onRemove={
              draft.steps.length > 1
                ? () => {
                    setKeys(keys.filter((_, at) => at !== index));
                    setSteps(draft.steps.filter((_, at) => at !== index));
                  }
                : null
            }
          />
        ))}
        {draft.steps.length < maxSteps && (
          <div>
            <Button variant="default" leftSection={<Plus aria-hidden />} onClick={add}>
              Add a step
            </Button>
          </div>
        )}
      </Stack>
      <div className={bar.bar} role="region" aria-label="Save">
        {problem || refused ? (
          <span className={bar.error} role="alert">
            {problem ?? refused}
          </span>
        ) : (
          <span className={bar.words} role="status" data-dirty={dirty ? true : undefined}>
            {dirty ? 'Unsaved changes' : automation ? 'Everything is saved' : 'Not created yet'}
          </span>
        )}
        <span className={bar.actions}>
          <ButtonLink href="/automations" variant="default">
            Cancel
          </ButtonLink>
          <BusyButton type="submit" busy={saving}>
            {automation ? 'Save' : 'Create automation'}
          </BusyButton>
        </span>
      </div>
      <UnsavedGuard isDirty={() => dirty && !leaving.current} subject="this automation" />
    </form>
  );
}
