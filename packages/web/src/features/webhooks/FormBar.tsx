import { BusyButton } from '../../components/BusyButton.tsx';
import classes from '../../components/SaveBar.module.css';
import { ButtonLink } from './ButtonLink.tsx';

export interface FormBarProps {
  dirty: boolean;
  /** Which button is at work. */
  saving: 'save' | 'test' | null;
  /** What no field shows. */
  error: string | null;
  /** Said while nothing is unsaved. */
  idleWords: string;
  cancelHref: string;
  onSaveAndTest: () => void;
}

/** Foot of the webhook form, always in sight: Cancel, Save & test, Save. Place it last inside the form. */
export function FormBar({ dirty, saving, error, idleWords, cancelHref, onSaveAndTest }: FormBarProps) {
  return (
    <div className={classes.bar} role="region" aria-label="Save">
      {error ? (
        <span className={classes.error} role="alert">
          {error}
        </span>
      ) : (
        <span className={classes.words} role="status" data-dirty={dirty ? true : undefined}>
          {dirty ? 'Unsaved changes' : idleWords}
        </span>
      )}
      <span className={classes.actions}>
        <ButtonLink href={cancelHref} variant="default">
          Cancel
        </ButtonLink>
        <BusyButton
          variant="default"
          busy={saving === 'test'}
          disabled={saving === 'save'}
          onClick={onSaveAndTest}
        >
          Save & test
        </BusyButton>
        <BusyButton type="submit" busy={saving === 'save'} disabled={saving === 'test'}>
          Save
        </BusyButton>
      </span>
    </div>
  );
}
