import { ActionIcon, Autocomplete, Button, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { conditionOperators } from '@trunkline/contract/automations';
import type {
  AutomationCheck,
  AutomationCondition,
  AutomationTrigger,
} from '@trunkline/contract/automations';
import { listEventTypes } from '@trunkline/contract/events';
import { Plus, Trash2 } from 'lucide-react';
import { FilterChips } from '../../components/FilterChips.tsx';
import { useOperation } from '../../lib/api.ts';
import { operatorWords, takesValue } from './automation-words.ts';
import classes from './AutomationForm.module.css';

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function Conditions({
  conditions,
  paths,
  onChange,
}: {
  conditions: AutomationCondition[];
  paths: AutomationCheck['paths'];
  onChange: (next: AutomationCondition[]) => void;
}) {
  const change = (index: number, fields: Partial<AutomationCondition>) =>
    onChange(conditions.map((one, at) => (at === index ? { ...one, ...fields } : one)));
  const fields = paths.map(({ path }) => path).filter((path) => path.startsWith('event.'));
  return (
    <div className={classes.conditions} role="group" aria-label="Conditions">
      {conditions.map(({ field, operator, value }, index) => (
        <div key={index} className={classes.condition}>
          <Autocomplete
            aria-label={`Field of condition ${index + 1}`}
            placeholder="event.data.priority"
            data={fields}
            value={field}
            onChange={(next) => change(index, { field: next })}
          />
          <Select
            aria-label={`Comparison of condition ${index + 1}`}
            data={conditionOperators.map((each) => ({ value: each, label: operatorWords[each] }))}
            value={operator}
            allowDeselect={false}
            onChange={(next) => {
              const chosen = conditionOperators.find((each) => each === next);
              if (chosen) change(index, { operator: chosen });
            }}
          />
          {takesValue(operator) && (
            <TextInput
              aria-label={`Value of condition ${index + 1}`}
              value={value}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
            />
          )}
          <ActionIcon
            variant="subtle"
            aria-label={`Remove condition ${index + 1}`}
            onClick={() => onChange(conditions.filter((_, at) => at !== index))}
          >
            <Trash2 aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus aria-hidden />}
          onClick={() => onChange([...conditions, { field: fields[3] ?? '', operator: 'is', value: '' }])}
        >
          Only if…
        </Button>
      </div>
    </div>
  );
}

/** When an automation runs: after events, with conditions, or at an hour of the day. */
export function TriggerFields({
  value,
  paths,
  onChange,
}: {
  value: AutomationTrigger;
  paths: AutomationCheck['paths'];
  onChange: (next: AutomationTrigger) => void;
}) {
  const catalog = useOperation(listEventTypes, {}, { staleTime: 60_000 });
  const groups = new Map<string, string[]>();
  for (const { name, group } of catalog.data?.data ?? []) {
    groups.set(group, [...(groups.get(group) ?? [`${name.split('.')[0]}.*`]), name]);
  }
  // A prefix may stand for several groups; each option is there once.
  const seen = new Set<string>();
  const options = [...groups].map(([group, names]) => ({
    group,
    items: names.filter((name) => !seen.has(name) && seen.add(name)),
  }));
  return (
    <div className={classes.fields}>
      <FilterChips
        label="When"
        value={value.kind}
        onChange={(kind) =>
          onChange(
            kind === 'daily' ? { kind, hour: 18, timeZone: ownZone() } : { kind, events: [], conditions: [] },
          )
        }
        chips={[
          { value: 'event', label: 'An event comes' },
          { value: 'daily', label: 'Every day' },
        ]}
      />
      {value.kind === 'event' ? (
        <>
          <TagsInput
            label="Events"
            description="A type, or a prefix such as job.*; Enter adds what you type."
            placeholder={value.events.length === 0 ? 'conversation.created' : ''}
            data={options}
            value={value.events}
            maxTags={20}
            onChange={(events) => onChange({ ...value, events })}
          />
          <Conditions
            conditions={value.conditions}
            paths={paths}
            onChange={(conditions) => onChange({ ...value, conditions })}
          />
        </>
      ) : (
        <div className={classes.daily}>
          <NumberInput
            label="Hour"
            min={0}
            max={23}
            allowDecimal={false}
            value={value.hour}
            onChange={(hour) => onChange({ ...value, hour: Math.min(23, Math.max(0, Number(hour) || 0)) })}
          />
          <Select
            label="Time zone"
            searchable
            allowDeselect={false}
            data={timeZones.includes(value.timeZone) ? timeZones : [value.timeZone, ...timeZones]}
            value={value.timeZone}
            onChange={(timeZone) => timeZone && onChange({ ...value, timeZone })}
          />
        </div>
      )}
    </div>
  );
}
