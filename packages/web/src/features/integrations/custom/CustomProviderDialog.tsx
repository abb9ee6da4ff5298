import { Button, Radio, Skeleton } from '@mantine/core';
import { getProvider, listProviders } from '@trunkline/contract/catalog';
import {
  checkCustomProvider,
  createCustomProvider,
  getCustomProvider,
  updateCustomProvider,
} from '@trunkline/contract/custom-providers';
import type { CustomDefinition, CustomKind } from '@trunkline/contract/custom-providers';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { BusyButton } from '../../../components/BusyButton.tsx';
import { ErrorState } from '../../../components/ErrorState.tsx';
import { Stack } from '../../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../../components/StepDialog.tsx';
import type { StepProblem } from '../../../components/StepDialog.tsx';
import { callOperation, invalidateOperations, useOperation } from '../../../lib/api.ts';
import { toApiError } from '../../../lib/api-error.ts';
import { fieldOfPointer } from '../../../lib/form-errors.ts';
import { CredentialFields } from '../CredentialFields.tsx';
import { enteredValues } from '../credential-rules.ts';
import type { FieldValues } from '../credential-rules.ts';
import { Fold } from '../connect/Fold.tsx';
import { focusFirstError } from '../connect/focus-first-error.ts';
import { TrialSection } from './TrialSection.tsx';
import type { Trial } from './TrialSection.tsx';
import {
  customFields,
  customKinds,
  customStart,
  customValues,
  definitionOf,
  trialFields,
} from './custom-form.ts';

const kinds = Object.keys(customKinds) as CustomKind[];

function KindStep({ onChosen, onClose }: { onChosen: (kind: CustomKind) => void; onClose: () => void }) {
  const [kind, setKind] = useState<CustomKind>('rest');
  return (
    <DialogStep title="Add a custom provider" subtitle="For your organization, without code">
      <Radio.Group
        aria-label="Kind of provider"
        value={kind}
        onChange={(value) => setKind(kinds.find((each) => each === value) ?? 'rest')}
      >
        <Stack gap={12}>
          {kinds.map((each) => (
            <Radio
              key={each}
              value={each}
              label={customKinds[each].label}
              description={customKinds[each].text}
            />
          ))}
        </Stack>
      </Radio.Group>
      <StepFooter
        start={
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        }
      >
        <Button onClick={() => onChosen(kind)}>Continue</Button>
      </StepFooter>
    </DialogStep>
  );
}

interface FormProps {
  kind: CustomKind;
  /** Null: a new one. */
  slug: string | null;
  start: FieldValues;
  onSaved: (slug: string) => void;
  onBack: () => void;
}

function DefinitionForm({ kind, slug, start, onSaved, onBack }: FormProps) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState(start);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<StepProblem | null>(null);
  const [busy, setBusy] = useState<'check' | 'save' | null>(null);
  const [typed, setTyped] = useState<FieldValues>({});
  const [trial, setTrial] = useState<Trial | null>(null);
  const { main, more } = customFields(kind, values);
  const tried = trialFields(kind, values).map(({ key }) => `values/${key}`);
  const known = new Set([...main, ...more].map(({ key }) => key).concat(tried));

  /** Shows errors at their fields; what no field has is left for the foot of the form. */
  function show(found: { path: string; message: string }[]): string | null {
    const byField: Record<string, string> = {};
    const others: string[] = [];
    for (const { path, message } of found) {
      // An item of a list belongs to the field of the list.
      const key = [path, path.split('/').slice(0, 2).join('/'), path.split('/')[0] ?? ''].find((each) =>
        known.has(each),
      );
      if (key === undefined) others.push(message);
      else byField[key] ??= message;
    }
    setErrors(byField);
    focusFirstError(form.current);
    return others.length > 0 ? others.join(' ') : null;
  }

  /** Sends the definition as it is typed: what is wrong with it is the server's to say. */
  async function run(act: 'check' | 'save', work: (definition: CustomDefinition) => Promise<void>) {
    setProblem(null);
    setBusy(act);
    try {
      await work(definitionOf(kind, values) as CustomDefinition);
      setErrors({});
    } catch (thrown) {
      const error = toApiError(thrown);
      const rest = show(
        error.errors.map(({ pointer, detail }) => ({
          path: fieldOfPointer(pointer)
            .replace(/^definition\./, '')
            .replaceAll('.', '/'),
          message: detail,
        })),
      );
      const message = error.errors.length === 0 ? error.detail : rest;
      setProblem(message === null ? null : { message, requestId: error.requestId });
    } finally {
      setBusy(null);
    }
  }

  const save = () =>
    run('save', async (definition) => {
      const saved = await (slug === null
        ? callOperation(createCustomProvider, { definition })
        : callOperation(updateCustomProvider, { slug, definition }));
      await invalidateOperations(client, [listProviders, getProvider, getCustomProvider]);
      onSaved(saved.slug);
    });

  const check = () =>
    run('check', async (definition) => {
      const entered = enteredValues(trialFields(kind, values), typed);
      const report = await callOperation(checkCustomProvider, { definition, values: entered });
      setTrial({ report, of: JSON.stringify([values, typed]) });
    });

  const shared = { type: 'api_key', values, onChange: setValues, errors } as const;
  const hasHiddenError = more.some(({ key }) => errors[key] !== undefined);
  return (
    <DialogStep
      title={slug === null ? customKinds[kind].label : `Edit ${start['name'] ?? ''}`}
      subtitle={slug === null ? 'Add a custom provider' : customKinds[kind].label}
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (busy === null) void save();
        }}
      >
        <Stack>
          <CredentialFields {...shared} fields={main} />
          <Fold title="More settings" {...(hasHiddenError ? { forced: true } : {})}>
            <CredentialFields {...shared} fields={more} />
          </Fold>
          <TrialSection
            kind={kind}
            values={values}
            typed={typed}
            onTyped={setTyped}
            errors={errors}
            trial={trial}
            outdated={trial !== null && trial.of !== JSON.stringify([values, typed])}
            busy={busy === 'check'}
            onCheck={() => void (busy === null && check())}
          />
        </Stack>
        <StepFooter
          problem={problem}
          start={
            <Button variant="default" onClick={onBack}>
              {slug === null ? 'Back' : 'Cancel'}
            </Button>
          }
        >
          <BusyButton type="submit" busy={busy === 'save'}>
            {slug === null ? 'Add to the catalog' : 'Save changes'}
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}

interface StepsProps {
  /** The provider to edit; null: a new one. */
  slug: string | null;
  onSaved: (slug: string) => void;
  onClose: () => void;
}

function EditStep({ slug, onSaved, onClose }: StepsProps & { slug: string }) {
  const { data, error, refetch } = useOperation(getCustomProvider, { slug }, { staleTime: 0 });
  if (data) {
    return (
      <DefinitionForm
        key="form"
        kind={data.definition.kind}
        slug={slug}
        start={customValues(data.definition)}
        onSaved={onSaved}
        onBack={onClose}
      />
    );
  }
  return (
    <DialogStep title="Custom provider">
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton height={240} />}
    </DialogStep>
  );
}

function NewSteps({ onSaved, onClose }: StepsProps) {
  const [kind, setKind] = useState<CustomKind | null>(null);
  if (kind === null) return <KindStep key="kind" onChosen={setKind} onClose={onClose} />;
  return (
    <DefinitionForm
      key={kind}
      kind={kind}
      slug={null}
      start={customStart[kind]}
      onSaved={onSaved}
      onBack={() => setKind(null)}
    />
  );
}

export interface CustomProviderDialogProps {
  /** `new`, or the slug of a provider to edit; null: closed. */
  subject: 'new' | { slug: string } | null;
  onSaved: (slug: string) => void;
  onClose: () => void;
}

/** Adds a provider of the organization's own to the catalog, or changes it (CAT-5). */
export function CustomProviderDialog({ subject, onSaved, onClose }: CustomProviderDialogProps) {
  return (
    <StepDialog opened={subject !== null} onClose={onClose} closeOnClickOutside={false} size={600}>
      {subject === 'new' && <NewSteps slug={null} onSaved={onSaved} onClose={onClose} />}
      {subject !== null && subject !== 'new' && (
        <EditStep slug={subject.slug} onSaved={onSaved} onClose={onClose} />
      )}
    </StepDialog>
  );
}
