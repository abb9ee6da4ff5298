import { Button } from '@mantine/core';
import { AppLink } from '../../components/AppLink.tsx';
import classes from './FormBar.module.css';

export interface FormBarProps {
  dirty: boolean;
  /** Which button is at work. */
  saving: 'save' | 'test' | null;
  /** What no field shows. */
  error: string | null;
  cancelHref: string;
  onSaveAndTest: () => void;
}

/** Foot of the webhook form, always in sight: Cancel, Save & test, Save. Place it last inside the form. */
export function FormBar({ dirty, saving, error, cancelHref, onSaveAndTest }: FormBarProps) {
  return (
    <div className={classes.bar} role="region" aria-label="Save">
      {error ? (
        <span className={classes.error} role="alert">
          {error}
        </span>
      ) : (
        <span className={classes.words} role="status" data-dirty={dirty ? true : undefined}>
          {dirty ? 'Unsaved changes' : 'No changes'}
        </span>
      )}
      <span className={classes.actions}>
        <Button component={AppLink} href={cancelHref} variant="default">
          Cancel
        </Button>
        <Button
          variant="default"
          loading={saving === 'test'}
          disabled={saving === 'save'}
          onClick={onSaveAndTest}
        >
          Save & test
        </Button>
        <Button type="submit" loading={saving === 'save'} disabled={saving === 'test'}>
          Save
        </Button>
      </span>
    </div>
  );
}
