import { Loader } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { formatDuration } from '../../lib/format.ts';
import type { UrlCheckState } from './use-url-check.ts';
import classes from './UrlCheckLine.module.css';

/** Result of the signed ping below the URL field. What forbids saving is the field's own error instead. */
export function UrlCheckLine({ state, onAgain }: { state: UrlCheckState; onAgain: () => void }) {
  const { checking, result } = state;
  const again = (
    <button type="button" className={classes.again} onClick={onAgain}>
      Check again
    </button>
  );
  return (
    <div role="status" className={classes.place}>
      {checking && (
        <p className={classes.line}>
          <Loader size={12} aria-hidden /> Checking the address and sending a signed ping…
        </p>
      )}
      {result?.ok && result.code === null && (
        <div className={`${classes.line} ${classes.good}`}>
          <CircleCheck size={14} aria-hidden />
          <span className={classes.words}>{result.message}</span>
          {again}
        </div>
      )}
      {result?.ok && result.code !== null && (
        <div className={`${classes.line} ${classes.warning}`}>
          <TriangleAlert size={14} aria-hidden />
          <span className={classes.words}>
            {result.message}
            {result.ping && ` (${formatDuration(result.ping.durationMs)})`}
          </span>
          {again}
        </div>
      )}
    </div>
  );
}
