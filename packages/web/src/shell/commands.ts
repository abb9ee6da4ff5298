import type { LucideIcon } from 'lucide-react';

/** One line of the search. */
export interface Command {
  group: string;
  label: string;
  hint?: string;
  icon: LucideIcon;
  /** Further words that it is found by. */
  keywords: string;
  run: () => void;
}

function rank(command: Pick<Command, 'label' | 'hint' | 'keywords'>, words: string[]): number | null {
  const label = command.label.toLowerCase();
  const rest = `${command.hint ?? ''} ${command.keywords}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    if (label.startsWith(word)) sum += 0;
    else if (label.includes(word)) sum += 1;
    else if (rest.includes(word)) sum += 2;
    else return null;
  }
  return sum;
}

/** The commands that contain every word of the text, groups in their order, best first within a group. */
export function findCommands<C extends Pick<Command, 'group' | 'label' | 'hint' | 'keywords'>>(
  commands: readonly C[],
  text: string,
): C[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = [...new Set(commands.map((command) => command.group))];
  return commands
    .map((command) => ({ command, rank: rank(command, words) }))
    .filter((each): each is { command: C; rank: number } => each.rank !== null)
    .toSorted((a, b) => groups.indexOf(a.command.group) - groups.indexOf(b.command.group) || a.rank - b.rank)
    .map((each) => each.command);
}
