import { Button, Menu } from '@mantine/core';
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';

export interface SortMenuProps {
  columns: readonly { key: string; header: string }[];
  sort: { key: string; descending: boolean } | null;
  /** By the column of this key; once more, the other way round. */
  onSort: (key: string) => void;
}

/** What a list of cards is sorted by: stands in for the heads of its columns, which it does not show. */
export function SortMenu({ columns, sort, onSort }: SortMenuProps) {
  const by = columns.find(({ key }) => key === sort?.key);
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  const way = sort?.descending ? 'descending' : 'ascending';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={by ? <Arrow size={14} aria-hidden /> : <ArrowUpDown size={14} aria-hidden />}
          aria-label={by ? `Sort by, now ${by.header}, ${way}` : 'Sort by'}
        >
          {by ? by.header : 'Sort'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map(({ key, header }) => (
          <Menu.Item
            key={key}
            rightSection={key === by?.key ? <Arrow size={14} aria-label={way} /> : null}
            onClick={() => onSort(key)}
          >
            {header}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
