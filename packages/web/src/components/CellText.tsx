import type { ReactNode } from 'react';
import classes from './CellText.module.css';

/** Two lines of a table cell: the name, and quieter what tells it apart. */
export function CellText({
  primary,
  secondary,
  mono,
}: {
  primary: ReactNode;
  secondary?: ReactNode;
  mono?: boolean;
}) {
  return (
    <>
      <span className={classes.primary}>{primary}</span>
      {secondary && (
        <span className={mono ? `${classes.secondary} ${classes.mono}` : classes.secondary}>{secondary}</span>
      )}
    </>
  );
}
