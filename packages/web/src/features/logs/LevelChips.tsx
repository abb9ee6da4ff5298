import { logLevels } from '@trunkline/contract/log-levels';
import type { LogLevel } from '@trunkline/contract/log-levels';
import { formatNumber } from '../../lib/format.ts';
import { levelWords } from './log-words.ts';
import type { Counts } from './log-words.ts';
import chips from '../../components/FilterChips.module.css';

export interface LevelChipsProps {
  /** None stands for all. */
  value: readonly LogLevel[];
  onChange: (levels: LogLevel[]) => void;
  counts: Counts | null;
}

/** Any of the levels, the worst first. */
export function LevelChips({ value, onChange, counts }: LevelChipsProps) {
  return (
    <fieldset className={chips.group}>
      <legend className={chips.legend}>Level</legend>
      {logLevels.toReversed().map((level) => (
        <label key={level} className={chips.chip}>
          <input
            type="checkbox"
            checked={value.includes(level)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked ? [...value, level] : value.filter((each) => each !== level),
              )
            }
          />
          <span>{levelWords[level]}</span>
          {counts && (value.length === 0 || value.includes(level)) && (
            <span className={chips.count}>{formatNumber(counts[level])}</span>
          )}
        </label>
      ))}
    </fieldset>
  );
}
