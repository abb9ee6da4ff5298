import { Button } from '@mantine/core';
import type { Permission } from '@trunkline/contract/permissions';
import { Eye, EyeOff, Lock } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { MouseEvent, ReactNode } from 'react';
import { toApiError } from '../lib/api-error.ts';
import { BusyButton } from './BusyButton.tsx';
import { CopyButton } from './CopyButton.tsx';
import { LockedAction } from './LockedAction.tsx';
import classes from './SecretField.module.css';

/** A shown secret hides itself after this time, in ms, unless `shownForMs` says otherwise. */
const usuallyShownForMs = 60_000;

export interface SecretFieldProps {
  label: string;
  /** First and last characters, as the server gives them. */
  masked: string;
  /** Fetches the secret to show it. Left out: there is only the copy button. */
  reveal?: () => Promise<string>;
  /** Fetches the secret to copy it; `reveal` unless given. */
  copy?: () => Promise<string>;
  /** Who may show and copy. */
  permission: Permission;
  lockedReason: string;
  hint?: ReactNode;
  shownForMs?: number;
  /** Says how it was copied: by the button, while it was shown or not, or selected by hand. */
  onCopied?: (way: 'button' | 'button_when_shown' | 'selection') => void;
}

/** A secret that stays masked until it is asked for; asking may open the password dialog. */
export function SecretField(props: SecretFieldProps) {
  const { label, masked, reveal, copy, permission, lockedReason, hint } = props;
  const { shownForMs = usuallyShownForMs, onCopied } = props;
  const id = useId();
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    if (secret === null) return;
    const timer = setTimeout(() => setSecret(null), shownForMs);
    return () => clearTimeout(timer);
  }, [secret, shownForMs]);
  // A new preview means a new secret: what is shown would be the old one.
  useEffect(() => setSecret(null), [masked]);

  async function toggle(): Promise<void> {
    if (secret !== null || !reveal) {
      setSecret(null);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      setSecret(await reveal());
    } catch (thrown) {
      setError(toApiError(thrown).detail);
    } finally {
      setBusy(false);
    }
  }

  const getCopy = copy ?? reveal;
  return (
    <div role="group" aria-labelledby={id}>
      <span className={classes.label} id={id}>
        {label}
      </span>
      <div className={classes.row}>
        <span
          className={classes.value}
          data-testid="secret-value"
          onCopy={() => {
            if (secret !== null) onCopied?.('selection');
          }}
        >
          {secret ?? masked}
        </span>
        {reveal && (
          <LockedAction permission={permission} reason={lockedReason}>
            <BusyButton
              variant="default"
              busy={busy}
              leftSection={secret === null ? <Eye aria-hidden /> : <EyeOff aria-hidden />}
              onClick={() => void toggle()}
            >
              {secret === null ? 'Show' : 'Hide'}
            </BusyButton>
          </LockedAction>
        )}
        {getCopy && (
          <LockedAction permission={permission} reason={lockedReason}>
            <CopyAction
              label="Copy"
              value={secret ?? getCopy}
              onCopied={() => onCopied?.(secret === null ? 'button' : 'button_when_shown')}
            />
          </LockedAction>
        )}
      </div>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {hint && <p className={classes.hint}>{hint}</p>}
    </div>
  );
}

interface CopyActionProps {
  label: string;
  value: string | (() => Promise<string>);
  onCopied: () => void;
  'data-locked'?: boolean;
  onClick?: (event: MouseEvent) => void;
}

/** The copy button in a shape that LockedAction can lock. */
function CopyAction({ label, value, onCopied, ...locked }: CopyActionProps) {
  if (locked['data-locked']) {
    return (
      <Button variant="default" leftSection={<Lock aria-hidden />} {...locked}>
        {label}
      </Button>
    );
  }
  return <CopyButton withLabel label={label} value={value} onCopied={onCopied} />;
}
