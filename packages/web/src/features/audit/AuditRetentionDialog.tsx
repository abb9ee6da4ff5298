import { Button, Modal, NumberInput } from '@mantine/core';
import { auditRetentionDays, getAuditSettings, updateAuditSettings } from '@trunkline/contract/audit';
import { useEffect, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { DialogFooter } from '../../components/DialogFooter.tsx';
import { FormError } from '../../components/FormError.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { countOf, formatNumber } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';

export interface AuditRetentionDialogProps {
  opened: boolean;
  onClose: () => void;
  /** What is set now. */
  days: number;
}

/** How long records are kept; says what a shorter time removes. */
export function AuditRetentionDialog({ opened, onClose, days }: AuditRetentionDialogProps) {
  const [value, setValue] = useState<number | string>(days);
  const save = useOperationMutation(updateAuditSettings, {
    invalidates: [getAuditSettings],
    onSuccess: ({ retentionDays }) => {
      notifyDone(`The audit log is kept for ${countOf(retentionDays, 'day', 'days')}`);
      onClose();
    },
  });
  const { reset } = save;
  useEffect(() => {
    if (!opened) return;
    setValue(days);
    reset();
  }, [opened, days, reset]);
  const { least, most } = auditRetentionDays;
  const wanted = typeof value === 'number' ? value : Number.NaN;
  const isGood = Number.isInteger(wanted) && wanted >= least && wanted <= most;
  const range = `from ${least} to ${formatNumber(most)}`;
  return (
    <Modal opened={opened} onClose={onClose} title="How long the audit log is kept">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood && !save.isPending) save.mutate({ retentionDays: wanted });
        }}
      >
        <Stack gap={12}>
          <NumberInput
            label="Days"
            description={`A number ${range}; six years are 2,190. Older records are removed by themselves. A signed checkpoint stays in their place, so that the rest can still be checked.`}
            value={value}
            onChange={setValue}
            min={least}
            max={most}
            allowDecimal={false}
            thousandSeparator=","
            error={isGood ? null : `Enter a whole number ${range}.`}
          />
          {isGood && wanted < days && (
            <p role="status">
              Records older than {countOf(wanted, 'day', 'days')} are removed for good within a quarter of an
              hour. Export them first if you want to keep them.
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
