import { Button, Modal, NumberInput } from '@mantine/core';
import { getLogSettings, logRetentionDays, updateLogSettings } from '@trunkline/contract/logs';
import { useEffect, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';

export interface RetentionDialogProps {
  opened: boolean;
  onClose: () => void;
  /** What is set now. */
  days: number;
}

/** How long lines are kept; says what a shorter time removes. */
export function RetentionDialog({ opened, onClose, days }: RetentionDialogProps) {
  const [value, setValue] = useState<number | string>(days);
  const save = useOperationMutation(updateLogSettings, {
    invalidates: [getLogSettings],
    onSuccess: ({ retentionDays }) => {
      notifyDone(`Logs are kept for ${countOf(retentionDays, 'day', 'days')}`);
      onClose();
    },
  });
  const { reset } = save;
  useEffect(() => {
    if (!opened) return;
    setValue(days);
    reset();
  }, [opened, days, reset]);
  const { least, most } = logRetentionDays;
  const wanted = typeof value === 'number' ? value : Number.NaN;
  const isGood = Number.isInteger(wanted) && wanted >= least && wanted <= most;
  return (
    <Modal opened={opened} onClose={onClose} title="How long logs are kept">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood && !save.isPending) save.mutate({ retentionDays: wanted });
        }}
      >
        <Stack gap={12}>
          <NumberInput
            label="Days"
            description={`From ${least} to ${most}. Older lines are removed by themselves.`}
            value={value}
            onChange={setValue}
            min={least}
            max={most}
            allowDecimal={false}
            error={isGood ? null : `Enter a whole number from ${least} to ${most}.`}
          />
          {isGood && wanted < days && (
            <p role="status">
              Lines older than {countOf(wanted, 'day', 'days')} are removed for good within a quarter of an
              hour.
            </p>
          )}
          <FormError message={save.error?.detail ?? null} requestId={save.error?.requestId ?? null} />
        </Stack>
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton type="submit" busy={save.isPending} disabled={!isGood || wanted === days}>
            Save
          </BusyButton>
        </DialogFooter>
      </form>
    </Modal>
  );
}
