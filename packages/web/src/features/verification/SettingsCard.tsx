import { NumberInput, Skeleton, Switch } from '@mantine/core';
import { getVerificationSettings, updateVerificationSettings } from '@trunkline/contract/verification';
import type { VerificationSettings } from '@trunkline/contract/verification';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FormError } from '../../components/FormError.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { ordinal } from './verification-words.ts';
import classes from './Verification.module.css';

function Form({ saved }: { saved: VerificationSettings }) {
  const may = useCan('verification.settings');
  const [enabled, setEnabled] = useState(saved.enabled);
  const [day, setDay] = useState<number | string>(saved.day);
  const isDay = typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 28;
  const isDirty = enabled !== saved.enabled || day !== saved.day;
  const save = useOperationMutation(updateVerificationSettings, {
    invalidates: [getVerificationSettings],
    onSuccess: () => notifyDone('Schedule saved'),
  });
  return (
    <form
      className={classes.settings}
      onSubmit={(event) => {
        event.preventDefault();
        if (may && isDirty && isDay) save.mutate({ enabled, day });
      }}
    >
      <Switch
        label="Verify once a month"
        description={may ? null : 'Only a system administrator changes the schedule.'}
        checked={enabled}
        disabled={!may}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
      />
      <NumberInput
        label="Day of the month"
        description="1 to 28, UTC"
        min={1}
        max={28}
        allowDecimal={false}
        value={day}
        disabled={!may || !enabled}
        error={isDay ? null : 'A whole number from 1 to 28'}
        onChange={setDay}
      />
      {save.error && <FormError message={save.error.detail} requestId={save.error.requestId} />}
      {may && (
        <BusyButton type="submit" variant="default" busy={save.isPending} disabled={!isDirty || !isDay}>
          Save schedule
        </BusyButton>
      )}
    </form>
  );
}

/** When integrations are verified by themselves. */
export function SettingsCard() {
  const { data, error, refetch } = useOperation(getVerificationSettings, {});
  const when = data?.enabled
    ? `By itself on the ${ordinal(data.day)} of every month.`
    : 'Only when somebody starts it.';
  return (
    <Card title="Schedule" description={data ? when : null}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={120} />}
      {data && <Form key={`${data.enabled} ${data.day}`} saved={data} />}
    </Card>
  );
}
