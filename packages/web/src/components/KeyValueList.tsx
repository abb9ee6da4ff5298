import { Fragment } from 'react';
import type { ReactNode } from 'react';
import classes from './KeyValueList.module.css';

/** Facts as pairs of name and value; a value that is null or undefined leaves its pair out. */
export function KeyValueList({ items }: { items: { label: string; value: ReactNode }[] }) {
  return (
    <dl className={classes.list}>
      {items.map(({ label, value }) =>
        value === null || value === undefined ? null : (
          <Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
