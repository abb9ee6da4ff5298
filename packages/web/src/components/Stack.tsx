import type { ReactNode } from 'react';
import classes from './Stack.module.css';

/** Children below each other with one distance (px). */
export function Stack({ gap = 16, children }: { gap?: 8 | 12 | 16 | 24; children: ReactNode }) {
  return (
    <div className={classes.stack} data-gap={gap}>
      {children}
    </div>
  );
}

/** Children beside each other, wrapping, 8 px apart. */
export function Row({ children }: { children: ReactNode }) {
  return <div className={classes.row}>{children}</div>;
}
