import { Tooltip } from '@mantine/core';
import classes from './EventChips.module.css';

/** What a pattern means, for people: `*` alone says little. */
function textOf(pattern: string): string {
  return pattern === '*' ? '* all events' : pattern;
}

/** Event patterns of a webhook; those after the first `limit` are counted, with their names in a tooltip. */
export function EventChips({ events, limit = 2 }: { events: readonly string[]; limit?: number }) {
  const shown = events.slice(0, limit);
  const rest = events.slice(limit);
  return (
    <span className={classes.chips}>
      {shown.map((pattern) => (
        <span key={pattern} className={classes.chip}>
          {textOf(pattern)}
        </span>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.join(', ')}>
          <span className={classes.more}>
            +{rest.length}
            <span className="visually-hidden"> more: {rest.join(', ')}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
