import { Button } from '@mantine/core';
import { getInsights } from '@trunkline/contract/insights';
import { getTracking, trackingDays, updateTracking } from '@trunkline/contract/tracking';
import type { Tracking } from '@trunkline/contract/tracking';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Stack } from '../../components/Stack.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import classes from './InsightsPage.module.css';

const lockedReason = 'Only a system administrator decides what is recorded.';

/** What is recorded for these answers, its one switch, and the way to erase it (ACC-4). */
export function RecordingCard({ tracking }: { tracking: Tracking }) {
  const [erasing, setErasing] = useState(false);
  const update = useOperationMutation(updateTracking, { invalidates: [getInsights, getTracking] });
  return (
    <Card title="What is recorded">
      <Stack>
        <p className={classes.note}>
          Pages opened, filters and choices, keys shown and copied, webhooks and connections made: who by id
          and role, and when. No text that anybody typed, no addresses, no secrets. It stays in this
          installation, for {trackingDays} days, and goes with the person. Browsers that ask not to be
          followed are not.
        </p>
        {tracking.installation ? (
          <Toggle
            withLabel
            label="Record how the product is used"
            checked={tracking.enabled}
            onChange={(enabled) => update.mutateAsync({ enabled })}
            permission="tracking.settings"
            lockedReason={lockedReason}
          />
        ) : (
          <p className={classes.note}>Whoever runs this installation has switched recording off.</p>
        )}
        <div>
          <LockedAction permission="tracking.settings" reason={lockedReason}>
            <Button variant="default" leftSection={<Trash2 aria-hidden />} onClick={() => setErasing(true)}>
              Erase what is recorded
            </Button>
          </LockedAction>
        </div>
      </Stack>
      <ConfirmDialog
        opened={erasing}
        onClose={() => setErasing(false)}
        title="Erase what is recorded?"
        confirmLabel="Erase"
        danger
        onConfirm={async () => {
          const { erased } = await update.mutateAsync({ enabled: tracking.enabled, erase: true });
          notifyDone('Erased', countOf(erased, 'event', 'events'));
        }}
      >
        <p>
          All recorded events of this organization are deleted and cannot be brought back. The audit log,
          usage and health are not touched.
        </p>
      </ConfirmDialog>
    </Card>
  );
}
