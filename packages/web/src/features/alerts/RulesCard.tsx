import { Anchor, MultiSelect, NumberInput, Select, Skeleton } from '@mantine/core';
import { alertRuleDefaults, alertSeverities } from '@trunkline/contract/alert-rules';
import { listAlertChannels, listAlertRules, updateAlertRule } from '@trunkline/contract/alert-settings';
import type { AlertChannel, AlertRule } from '@trunkline/contract/alert-settings';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { mayNotSet } from './ChannelsCard.tsx';
import { routingText, ruleSentences, severityWords, unitWords } from './alert-words.ts';
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

/** Whom a rule tells: channels of its own, or those that take its severity. */
function Routing({
  rule,
  channels,
  save,
}: {
  rule: AlertRule;
  /** Undefined until they are there. */
  channels: readonly AlertChannel[] | undefined;
  save: (channels: string[] | null) => void;
}) {
  const may = useCan('alert.settings');
  const named = (channels ?? []).filter(({ id }) => rule.channels?.includes(id)).map(({ id }) => id);
  return (
    <div className={classes.routing}>
      <MultiSelect
        size="xs"
        aria-label={`Channels: ${ruleSentences[rule.rule].name}`}
        placeholder={routingText(rule, channels)}
        disabled={!may || channels === undefined}
        clearable
        data={(channels ?? []).map(({ id, name, enabled }) => ({
          value: id,
          label: enabled ? name : `${name} (off)`,
        }))}
        value={named}
        onChange={(ids) => save(ids.length === 0 ? null : ids)}
      />
      {may && rule.channels?.length === 0 && (
        <Anchor component="button" type="button" className={classes.again} onClick={() => save(null)}>
          Its channel was removed: tell by severity
        </Anchor>
      )}
    </div>
  );
}

function Rule({ rule, channels }: { rule: AlertRule; channels: readonly AlertChannel[] | undefined }) {
  const may = useCan('alert.settings');
  const save = useOperationMutation(updateAlertRule, { invalidates: [listAlertRules], onError: notifyError });
  const { name, before, after } = ruleSentences[rule.rule];
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
      <Routing
        rule={rule}
        channels={channels}
        save={(routed) => save.mutate({ rule: rule.rule, channels: routed })}
      />
    </li>
  );
}

/** The rules as sentences, each with its switch, its number, its severity and whom it tells. */
export function RulesCard() {
  const rules = useOperation(listAlertRules, {});
  const channels = useOperation(listAlertChannels, {});
  return (
    <Card
      title="Rules"
      description="A change holds for what is found from now on. Without a channel of its own, a rule tells those that take its severity. On screen every alert appears."
      flush
    >
      {rules.data ? (
        <ul className={classes.rules} aria-label="Rules">
          {rules.data.data.map((rule) => (
            <Rule key={rule.rule} rule={rule} channels={channels.data?.data} />
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
