import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import classes from './SecretCard.module.css';

/** A secret that was just made, in full. */
export function FreshSecret({ secret, children }: { secret: string; children: string }) {
  return (
    <Notice
      tone="degraded"
      role="status"
      title="Copy the signing secret now"
      actions={
        <div className={classes.fresh}>
          <span className={classes.value} data-testid="fresh-secret">
            {secret}
          </span>
          <CopyButton withLabel label="Copy secret" value={secret} />
        </div>
      }
    >
      {children}
    </Notice>
  );
}
