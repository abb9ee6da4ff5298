import { Button, NumberInput } from '@mantine/core';
import { getLimits, updateLimits } from '@trunkline/contract/limits';
import type { ApiLimits, LimitSettings } from '@trunkline/contract/limits';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { LimitBars } from './LimitBars.tsx';
import classes from './ApiKeyPage.module.css';

const labels: { name: keyof ApiLimits; label: string }[] = [
  { name: 'keyPerMinute', label: 'A key, a minute' },
  { name: 'keyPerHour', label: 'A key, an hour' },
  { name: 'organizationPerHour', label: 'All keys, an hour' },
];

function LimitsDialog({
  settings,
  installation,
  onClose,
}: {
  settings: LimitSettings;
  installation: ApiLimits;
  onClose: () => void;
}) {
  const [own, setOwn] = useState(settings.own);
  const update = useOperationMutation(updateLimits, { invalidates: [getLimits] });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title="Limits on requests"
      confirmLabel="Save limits"
      onConfirm={async () => {
        await update.mutateAsync(own);
        notifyDone('The limits are saved');
      }}
    >
      <Stack>
        <p>Lower limits than those of this installation. An empty field follows the installation.</p>
        {labels.map(({ name, label }) => (
          <NumberInput
            key={name}
            label={label}
            description={`At most ${formatNumber(installation[name])} requests.`}
            placeholder={formatNumber(installation[name])}
            min={1}
            max={installation[name]}
            allowDecimal={false}
            thousandSeparator=","
            value={own[name] ?? ''}
            onChange={(value) => setOwn({ ...own, [name]: typeof value === 'number' ? value : null })}
          />
        ))}
      </Stack>
    </ConfirmDialog>
  );
}

/** How many requests are allowed, and how far that is used just now (KEY-3). */
export function LimitsCard() {
  const limits = useOperation(getLimits, {}, { refetchInterval: 10_000 });
  const [editing, setEditing] = useState(false);
  const { data } = limits;
  return (
    <Card
      title="Limits"
      description="Requests over a limit are answered with 429 and say when to come back. A batch of events is one request."
      {...(data?.installation
        ? {
            actions: (
              <LockedAction permission="limit.write" reason="Only a system administrator changes the limits.">
                <Button
                  variant="default"
                  leftSection={<SlidersHorizontal aria-hidden />}
                  onClick={() => setEditing(true)}
                >
                  Change
                </Button>
              </LockedAction>
            ),
          }
        : {})}
    >
      {limits.error && !data ? (
        <ErrorState error={limits.error} onRetry={() => void limits.refetch()} />
      ) : data?.use ? (
        <LimitBars use={data.use} />
      ) : (
        <p className={classes.note}>{data ? 'Requests are not limited in this installation.' : 'Loading…'}</p>
      )}
      {editing && data?.installation && (
        <LimitsDialog settings={data} installation={data.installation} onClose={() => setEditing(false)} />
      )}
    </Card>
  );
}
