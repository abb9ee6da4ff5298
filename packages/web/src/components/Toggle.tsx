import { Switch, Tooltip } from '@mantine/core';
import type { Permission } from '@trunkline/contract/permissions';
import { useState } from 'react';
import { toApiError } from '../lib/api-error.ts';
import { notifyError } from '../lib/notify.ts';
import { useCan } from '../lib/session.ts';

export interface ToggleProps {
  /** Names the switch; shown when `withLabel`. */
  label: string;
  withLabel?: boolean;
  checked: boolean;
  /** Acts at once. A rejected promise puts the switch back and shows why. */
  onChange: (checked: boolean) => Promise<unknown>;
  permission: Permission;
  lockedReason: string;
}

/** A switch that acts at once. */
export function Toggle({ label, withLabel, checked, onChange, permission, lockedReason }: ToggleProps) {
  const may = useCan(permission);
  const [wanted, setWanted] = useState<boolean | null>(null);

  async function change(next: boolean): Promise<void> {
    setWanted(next);
    try {
      await onChange(next);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setWanted(null);
    }
  }

  return (
    <Tooltip label={lockedReason} disabled={may} refProp="rootRef">
      <Switch
        checked={wanted ?? checked}
        disabled={!may || wanted !== null}
        onChange={(event) => void change(event.currentTarget.checked)}
        {...(withLabel ? { label } : { 'aria-label': label })}
      />
    </Tooltip>
  );
}
