import { ActionIcon, Autocomplete, Select, TextInput, Textarea } from '@mantine/core';
import type { AutomationCheck, AutomationStep } from '@trunkline/contract/automations';
import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import type { listCapabilities } from '@trunkline/contract/actions';
import type { OutputOf } from '@trunkline/contract/operation';
import { ArrowUp, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { Notice } from '../../components/Notice.tsx';
import { fieldsOf, textOf, valueOf } from './step-fields.ts';
import type { StepField } from './step-fields.ts';
import classes from './AutomationForm.module.css';

type Described = OutputOf<typeof listCapabilities>['data'][number];

const writing = capabilityNames.map((name) => ({ value: name, label: capabilities[name].label }));

function Field({
  field,
  value,
  error,
  paths,
  onChange,
}: {
  field: StepField;
  value: unknown;
  error: string | null;
  paths: readonly string[];
  onChange: (next: unknown) => void;
}) {
  // What is typed stays as it is typed; what it stands for is worked out beside it.
  const [text, setText] = useState(() => textOf(field, value));
  const change = (next: string): void => {
    setText(next);
    onChange(valueOf(field, next));
  };
  const common = {
    label: field.label,
    withAsterisk: field.required,
    error,
    ...(field.help && { description: field.kind === 'list' ? `${field.help} One a line.` : field.help }),
  };
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          {...common}
          clearable
          data={field.choices}
          value={text || null}
          onChange={(next) => change(next ?? '')}
        />
      );
    case 'switch':
      return (
        <Select
          {...common}
          clearable
          placeholder="No"
          data={[
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={text || null}
          onChange={(next) => change(next ?? '')}
        />
      );
    case 'text':
    case 'list':
    case 'json':
      return (
        <Textarea
          {...common}
          autosize
          minRows={field.kind === 'text' ? 3 : 2}
          maxRows={12}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case 'number':
      return <TextInput {...common} value={text} onChange={(event) => change(event.currentTarget.value)} />;
    case 'line':
      return (
        <Autocomplete
          {...common}
          data={text === '' || text === '{{' ? paths.map((path) => `{{ ${path} }}`) : []}
          value={text}
          onChange={change}
        />
      );
  }
}

function Preview({
  step,
  check,
}: {
  step: AutomationStep;
  check: AutomationCheck['steps'][number] | undefined;
}) {
  if (!check) return null;
  const general = check.issues.filter(({ pointer }) => pointer === '');
  return (
    <div className={classes.preview}>
      <h3 className={classes.previewTitle}>With the example</h3>
      {general.map(({ detail }) => (
        <Notice key={detail} tone="error" title="This cannot be filled">
          {detail}
        </Notice>
      ))}
      {check.input !== null && check.input !== undefined ? (
        <CodeBlock label={`Input of “${step.name}”`} value={JSON.stringify(check.input)} />
      ) : (
        general.length === 0 && <p className={classes.hint}>Correct the fields to see what is sent.</p>
      )}
      {check.providedBy.length > 0 ? (
        <p className={classes.hint}>Goes through {check.providedBy.join(', then ')}.</p>
      ) : (
        <Notice tone="degraded" title="Nobody can do this yet">
          Connect one of {check.providers.join(', ')}.{' '}
          <AppLink href="/integrations?tab=available">Available</AppLink>
        </Notice>
      )}
    </div>
  );
}

/** One step: what is done, with which input, and what that comes to with the example. */
export function StepCard({
  step,
  number,
  described,
  check,
  names,
  paths,
  onChange,
  onUp,
  onRemove,
}: {
  step: AutomationStep;
  number: number;
  described: Described | undefined;
  check: AutomationCheck['steps'][number] | undefined;
  /** Names of the organization's integrations by id. */
  names: ReadonlyMap<string, string>;
  paths: AutomationCheck['paths'];
  onChange: (next: AutomationStep) => void;
  onUp: (() => void) | null;
  onRemove: (() => void) | null;
}) {
  const fields = described ? fieldsOf(described.input) : [];
  const errorOf = ({ key }: StepField) =>
    check?.issues.find(({ pointer }) => pointer === `/${key}` || pointer.startsWith(`/${key}/`))?.detail ??
    null;
  const usable = (described?.integrationIds ?? []).map((id) => ({ value: id, label: names.get(id) ?? id }));
  return (
    <Card
      title={`Step ${number}`}
      description={capabilities[step.capability].summary}
      actions={
        <span className={classes.stepActs}>
          {onUp && (
            <ActionIcon variant="subtle" aria-label={`Move step ${number} up`} onClick={onUp}>
              <ArrowUp aria-hidden />
            </ActionIcon>
          )}
          {onRemove && (
            <ActionIcon variant="subtle" aria-label={`Remove step ${number}`} onClick={onRemove}>
              <Trash2 aria-hidden />
            </ActionIcon>
          )}
        </span>
      }
    >
      <div className={classes.two}>
        <div className={classes.fields}>
          <div className={classes.pair}>
            <Select
              label="Do"
              searchable
              allowDeselect={false}
              data={writing}
              value={step.capability}
              onChange={(next) => {
                const capability = capabilityNames.find((each) => each === next);
                if (capability && capability !== step.capability) {
                  onChange({ ...step, capability, integrationId: null, input: {} });
                }
              }}
            />
            <Select
              label="Through"
              data={[{ value: '', label: 'The primary' }, ...usable]}
              value={step.integrationId ?? ''}
              allowDeselect={false}
              onChange={(next) => onChange({ ...step, integrationId: next === '' ? null : next })}
            />
          </div>
          {fields.map((field) => (
            <Field
              key={`${step.capability}.${field.key}`}
              field={field}
              value={step.input[field.key]}
              error={errorOf(field)}
              paths={paths.map(({ path }) => path)}
              onChange={(value) => {
                const { [field.key]: _old, ...rest } = step.input;
                onChange({ ...step, input: value === undefined ? rest : { ...rest, [field.key]: value } });
              }}
            />
          ))}
        </div>
        <Preview step={step} check={check} />
      </div>
    </Card>
  );
}
