// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { hide, show } from '../testing/show.tsx';
import { DataTable } from './DataTable.tsx';
import type { Column, TableSort } from './DataTable.tsx';

afterEach(hide);

interface Fruit {
  name: string;
  grams: number;
}
const fruits: Fruit[] = [
  { name: 'Pear', grams: 170 },
  { name: 'Apple', grams: 150 },
  { name: 'Fig', grams: 50 },
];
const columns: Column<Fruit>[] = [
  {
    key: 'name',
    header: 'Name',
    rowHeader: true,
    cell: ({ name }) => name,
    compare: (a, b) => a.name.localeCompare(b.name),
  },
  { key: 'grams', header: 'Weight', cell: ({ grams }) => grams, compare: 'server' },
  { key: 'taste', header: 'Taste', cell: () => 'good' },
];

const shown = () => screen.getAllByRole('rowheader').map((each) => each.textContent);

async function sortBy(name: string): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name: /^Sort by/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: new RegExp(`^${name}`) }));
}

/** A list whose server sorts by weight. */
function List({ asked }: { asked: TableSort[] }) {
  return (
    <DataTable
      caption="Fruit"
      columns={columns}
      rows={fruits}
      rowKey={({ name }) => name}
      empty="None"
      sort={{ value: { key: 'grams', descending: true }, onChange: (sort) => asked.push(sort) }}
    />
  );
}

it('is sorted from a menu where cards have no column heads, both ways, by the same columns', async () => {
  const asked: TableSort[] = [];
  show(() => <List asked={asked} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Sort by, now Weight, descending' }));
  const menu = await screen.findByRole('menu');
  expect(
    within(menu)
      .getAllByRole('menuitem')
      .map((each) => each.textContent),
  ).toEqual(['Name', 'Weight']);
  fireEvent.click(within(menu).getByRole('menuitem', { name: /^Weight/ }));
  expect(asked).toEqual([{ key: 'grams', descending: false }]);
  await sortBy('Name');
  expect(shown()).toEqual(['Apple', 'Fig', 'Pear']);
  await sortBy('Name');
  expect(shown()).toEqual(['Pear', 'Fig', 'Apple']);
  expect(screen.getByRole('button', { name: 'Sort by, now Name, descending' })).toBeDefined();
});
