import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import classes from './inbound.module.css';

/** A key that was just made here, in full and this once. */
export function FreshKey({ value, children }: { value: string; children: string }) {
  return (
    <Notice
      tone="degraded"
      role="status"
      title="Copy the key now"
      actions={
        <div className={classes.fresh}>
          <span className={classes.value} data-testid="fresh-key">
            {value}
          </span>
          <CopyButton withLabel label="Copy key" value={value} />
        </div>
      }
    >
      {children}
    </Notice>
  );
}
