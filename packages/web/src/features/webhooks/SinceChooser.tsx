import { TextInput } from '@mantine/core';
import { FilterChips } from '../../components/FilterChips.tsx';
import type { SinceChoice } from './since.ts';

export interface SinceChooserProps {
  choice: SinceChoice;
  onChoice: (choice: SinceChoice) => void;
  /** Value of the field for an own time. */
  typed: string;
  onTyped: (typed: string) => void;
  problem: string | null;
}

/** From which time on: one of three spans, or a time of one's own. */
export function SinceChooser({ choice, onChoice, typed, onTyped, problem }: SinceChooserProps) {
  return (
    <>
      <FilterChips<SinceChoice>
        label="Since"
        value={choice}
        onChange={onChoice}
        chips={[
          { value: '1h', label: 'Last hour' },
          { value: '24h', label: 'Last 24 hours' },
          { value: '7d', label: 'Last 7 days' },
          { value: 'own', label: 'Since…' },
        ]}
      />
      {choice === 'own' && (
        <TextInput
          label="Since"
          type="datetime-local"
          value={typed}
          onChange={(event) => onTyped(event.currentTarget.value)}
          error={problem}
        />
      )}
    </>
  );
}
