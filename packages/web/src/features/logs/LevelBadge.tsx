import type { LogLevel } from '@trunkline/contract/log-levels';
import { Bug, CircleX, Info, TriangleAlert } from 'lucide-react';
import { levelWords } from './log-words.ts';
import classes from './LevelBadge.module.css';

const icons = { debug: Bug, info: Info, warn: TriangleAlert, error: CircleX };

/** A level as icon and word; colour only repeats it. */
export function LevelBadge({ level }: { level: LogLevel }) {
  const Icon = icons[level];
  return (
    <span className={classes.level} data-level={level}>
      <Icon aria-hidden />
      {levelWords[level]}
    </span>
  );
}
