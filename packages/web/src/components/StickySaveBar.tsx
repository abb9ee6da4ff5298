import { Button } from '@mantine/core';
import { BusyButton } from './BusyButton.tsx';
import classes from './SaveBar.module.css';

export interface StickySaveBarProps {
  /** Shown only while something is unsaved. */
  dirty: boolean;
  saving: boolean;
  onReset: () => void;
  /** Left out: the button submits the form around it. */
  onSave?: () => void;
  /** What no field shows. */
  error?: string | null;
  saveLabel?: string;
}

/** Says at the foot of a form that there are unsaved changes. Place it last inside the form. */
export function StickySaveBar(props: StickySaveBarProps) {
  const { dirty, saving, onReset, onSave, error, saveLabel = 'Save changes' } = props;
  if (!dirty) return null;
  return (
    <div className={classes.bar} role="region" aria-label="Unsaved changes">
      <span className={error ? classes.error : classes.words} role="status" data-dirty>
        {error ?? 'Unsaved changes'}
      </span>
      <span className={classes.actions}>
        <Button variant="default" onClick={onReset} disabled={saving}>
          Discard
        </Button>
        <BusyButton
          type={onSave ? 'button' : 'submit'}
          busy={saving}
          {...(onSave ? { onClick: () => onSave() } : {})}
        >
          {saveLabel}
        </BusyButton>
      </span>
    </div>
  );
}
