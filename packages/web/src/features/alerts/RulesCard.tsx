import { MultiSelect, NumberInput, Select, Skeleton } from '@mantine/core';
import { alertRuleDefaults, alertSeverities } from '@trunkline/contract/alert-rules';
import { listAlertChannels, listAlertRules, updateAlertRule } from '@trunkline/contract/alert-settings';
import type { AlertRule } from '@trunkline/contract/alert-settings';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { mayNotSet } from './ChannelsCard.tsx';
import { ruleSentences, severityWords, unitWords } from './alert-words.ts';
import classes from './AlertSettings.module.css';

function Threshold({ rule, save }: { rule: AlertRule; save: (threshold: number) => void }) {
  const bounds = alertRuleDefaults[rule.rule].threshold;
  const [typed, setTyped] = useState<number | string | null>(null);
  const may = useCan('alert.settings');
  if (bounds === null || rule.threshold === null) return null;
  const value = typed ?? rule.threshold;
  const good = typeof value === 'number' && value >= bounds.min && value <= bounds.max;
  return (
    <NumberInput
      className={classes.number}
      size="xs"
      aria-label={`${ruleSentences[rule.rule].name}: ${unitWords[bounds.unit]}`}
      value={value}
      onChange={setTyped}
      onBlur={() => {
        if (good && value !== rule.threshold) save(value);
        setTyped(null);
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      min={bounds.min}
      max={bounds.max}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      hideControls
      thousandSeparator=","
      readOnly={!may}
      error={good ? null : `${bounds.min} to ${bounds.max}`}
    />
  );
}

function Rule({ rule, channels }: { rule: AlertRule; channels: { value: string; label: string }[] }) {
  const may = useCan('alert.settings');
  const save = useOperationMutation(updateAlertRule, { invalidates: [listAlertRules], onError: notifyError });
  const { name, before, after } = ruleSentences[rule.rule];
  const known = (rule.channels ?? []).filter((id) => channels.some(({ value }) => value === id));
  return (
    <li className={classes.rule} data-off={rule.enabled ? undefined : true}>
      <Toggle
        label={name}
        checked={rule.enabled}
        permission="alert.settings"
        lockedReason={mayNotSet}
        onChange={(enabled) => save.mutateAsync({ rule: rule.rule, enabled })}
      />
      <div className={classes.sentence}>
        <span className={classes.name}>{name}</span>
        <span className={classes.words}>
          {before} <Threshold rule={rule} save={(threshold) => save.mutate({ rule: rule.rule, threshold })} />{' '}
          {after}
        </span>
      </div>
      <Select
        className={classes.severity}
        size="xs"
        aria-label={`Severity: ${name}`}
        allowDeselect={false}
        disabled={!may}
        data={alertSeverities.map((value) => ({ value, label: severityWords[value] }))}
        value={rule.severity}
        onChange={(severity) => severity !== null && save.mutate({ rule: rule.rule, severity })}
      />
      <MultiSelect
        className={classes.routing}
        size="xs"
        aria-label={`Channels: ${name}`}
        placeholder={rule.channels === null ? 'By severity' : known.length === 0 ? 'Nobody' : ''}
        disabled={!may}
        clearable
        data={channels}
        value={known}
        onChange={(ids) => save.mutate({ rule: rule.rule, channels: ids.length === 0 ? null : ids })}
      />
    </li>
  );
}

/** The rules as sentences, each with its switch, its number, its severity and whom it tells. */
export function RulesCard() {
  const rules = useOperation(listAlertRules, {});
  const channels = useOperation(listAlertChannels, {});
  const choices = (channels.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Card
      title="Rules"
      description="A change holds for what is found from now on. Without a channel of its own, a rule tells those that take its severity."
      flush
    >
      {rules.data ? (
        <ul className={classes.rules} aria-label="Rules">
          {rules.data.data.map((rule) => (
            <Rule key={rule.rule} rule={rule} channels={choices} />
          ))}
        </ul>
      ) : rules.error ? (
        <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
      ) : (
        <div className={classes.loading} aria-busy="true" aria-label="Loading the rules">
          <Skeleton height={160} />
        </div>
      )}
    </Card>
  );
}
