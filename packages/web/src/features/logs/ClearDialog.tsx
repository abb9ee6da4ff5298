import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { clearLogs, getLogBuckets, listLogs, planLogExport } from '@trunkline/contract/logs';
import { useEffect, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { callOperation, invalidateOperations, useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';

const ages = { all: 0, '1': 1, '7': 7, '30': 30 } as const;
type Age = keyof typeof ages;
const ageLabels: Record<Age, string> = {
  all: 'All of them',
  '1': 'Older than a day',
  '7': 'Older than 7 days',
  '30': 'Older than 30 days',
};

export interface ClearDialogProps {
  opened: boolean;
  onClose: () => void;
  /** The integration that is looked at; null where all are. */
  integration: { id: string; name: string } | null;
}

/** Asks whose lines are removed and how old, says how many they are, and removes them for good (LOG-2). */
export function ClearDialog({ opened, onClose, integration }: ClearDialogProps) {
  const client = useQueryClient();
  const [everything, setEverything] = useState(false);
  const [age, setAge] = useState<Age>('all');
  const [openedAt, setOpenedAt] = useState(() => Date.now());
  useEffect(() => {
    if (!opened) return;
    setOpenedAt(Date.now());
    setEverything(false);
    setAge('all');
  }, [opened]);
  const ofOne = integration !== null && !everything;
  const scope = ofOne ? { integrationId: integration.id } : {};
  // What is written while somebody thinks about it stays.
  const before = new Date(openedAt - ages[age] * 86_400_000).toISOString();
  const plan = useOperation(
    planLogExport,
    { ...scope, until: before, format: 'ndjson' },
    { enabled: opened, staleTime: 0 },
  );
  const rows = plan.data?.rows;

  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      danger
      title={
        ofOne
          ? `Clear the logs of “${integration.name}”?`
          : 'Clear the logs of all integrations and webhooks?'
      }
      confirmLabel="Clear logs"
      {...(ofOne ? {} : { typed: 'clear' })}
      onConfirm={async () => {
        const { removed } = await callOperation(clearLogs, { ...scope, before });
        await invalidateOperations(client, [listLogs, getLogBuckets]);
        notifyDone(`${countOf(removed, 'line', 'lines')} cleared`);
      }}
    >
      <Stack gap={12}>
        {integration !== null && (
          <Radio.Group
            label="Whose lines"
            value={everything ? 'all' : 'one'}
            onChange={(value) => setEverything(value === 'all')}
          >
            <Stack gap={8}>
              <Radio value="one" label={`Of “${integration.name}” only`} />
              <Radio value="all" label="Of all integrations and webhooks" />
            </Stack>
          </Radio.Group>
        )}
        <Radio.Group label="How old" value={age} onChange={(value) => setAge(value)}>
          <Stack gap={8}>
            {(Object.keys(ageLabels) as Age[])
              .sort((a, b) => ages[a] - ages[b])
              .map((value) => (
                <Radio key={value} value={value} label={ageLabels[value]} />
              ))}
          </Stack>
        </Radio.Group>
        <div role="status">
          {rows === undefined
            ? 'Counting…'
            : `${plan.data?.more ? 'More than ' : ''}${countOf(rows, 'line', 'lines')} will be removed for good. The audit log keeps that you did it.`}
        </div>
      </Stack>
    </ConfirmDialog>
  );
}
