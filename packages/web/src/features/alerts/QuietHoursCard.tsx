import { Autocomplete, Checkbox, Skeleton, Switch, TextInput } from '@mantine/core';
import { getQuietHours, updateQuietHours } from '@trunkline/contract/alert-settings';
import type { QuietHours } from '@trunkline/contract/alert-settings';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { useCan } from '../../lib/session.ts';
import { weekdays } from './alert-words.ts';
import classes from './AlertSettings.module.css';

/** Monday first, as a week is read. */
const order = [1, 2, 3, 4, 5, 6, 0] as const;

const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function QuietForm({ saved }: { saved: QuietHours }) {
  const may = useCan('alert.settings');
  const [changes, setChanges] = useState<Partial<QuietHours>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const draft = { ...saved, ...changes };
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved);
  const save = useOperationMutation(updateQuietHours, {
    invalidates: [getQuietHours],
    onSuccess: () => notifyDone('Quiet hours saved'),
    onError: (error) => setProblem(error.errors[0]?.detail ?? error.detail),
  });

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(null);
    await save.mutateAsync(draft).then(
      () => setChanges({}),
      () => undefined,
    );
  }
  const change = (next: Partial<QuietHours>): void => setChanges({ ...changes, ...next });

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <Switch
          label="Keep quiet at certain hours"
          description="What is found then is told in one message when they end."
          checked={draft.enabled}
          disabled={!may}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        {draft.enabled && (
          <>
            <div className={classes.hours}>
              <TextInput
                type="time"
                label="From"
                value={draft.from}
                readOnly={!may}
                onChange={(event) => change({ from: event.currentTarget.value })}
              />
              <TextInput
                type="time"
                label="To"
                value={draft.to}
                readOnly={!may}
                onChange={(event) => change({ to: event.currentTarget.value })}
              />
              <Autocomplete
                label="Time zone"
                data={zones()}
                limit={20}
                value={draft.timeZone}
                readOnly={!may}
                onChange={(timeZone) => change({ timeZone })}
              />
            </div>
            <Checkbox.Group
              label="On nights that begin on"
              value={draft.days.map(String)}
              onChange={(days) => change({ days: days.map(Number).toSorted((a, b) => a - b) })}
            >
              <div className={classes.days}>
                {order.map((day) => (
                  <Checkbox key={day} value={String(day)} label={weekdays[day]} disabled={!may} />
                ))}
              </div>
            </Checkbox.Group>
            <Switch
              label="Critical alerts pass at any time"
              checked={draft.criticalPasses}
              disabled={!may}
              onChange={(event) => change({ criticalPasses: event.currentTarget.checked })}
            />
          </>
        )}
        <FormError message={problem} />
        {may && (
          <div>
            <BusyButton type="submit" busy={save.isPending} disabled={!dirty}>
              Save quiet hours
            </BusyButton>
          </div>
        )}
      </Stack>
    </form>
  );
}

/** When only critical alerts are sent. */
export function QuietHoursCard() {
  const quiet = useOperation(getQuietHours, {});
  return (
    <Card title="Quiet hours">
      {quiet.data ? (
        <QuietForm saved={quiet.data} />
      ) : quiet.error ? (
        <ErrorState error={quiet.error} onRetry={() => void quiet.refetch()} />
      ) : (
        <Skeleton height={60} />
      )}
    </Card>
  );
}
