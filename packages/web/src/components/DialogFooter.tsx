import type { ReactNode } from 'react';
import classes from './DialogFooter.module.css';

/** The buttons of a dialog: cancel first, the act last. */
export function DialogFooter({ children }: { children: ReactNode }) {
  return <div className={classes.footer}>{children}</div>;
}
