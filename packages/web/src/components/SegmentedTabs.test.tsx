// @vitest-environment jsdom
import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { hide, show } from '../testing/show.tsx';
import { SegmentedTabs } from './SegmentedTabs.tsx';

afterEach(() => {
  hide();
  vi.restoreAllMocks();
});

const names = ['Overview', 'Health', 'Settings', 'Logs', 'Failover'] as const;
const wide = 100;
const room = 320;

it('brings the chosen tab into sight where not all fit', async () => {
  // A list of 320 px with five tabs of 100 px each.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    if (this.getAttribute('role') !== 'tab') return new DOMRect(0, 0, room, 44);
    const at = names.findIndex((name) => name === this.textContent);
    return new DOMRect(at * wide - this.parentElement!.scrollLeft, 0, wide, 44);
  });
  function Tabs() {
    const [value, setValue] = useState<string>('Failover');
    const tabs = names.map((name) => ({ value: name, label: name, content: name }));
    return <SegmentedTabs label="Parts" value={value} onChange={setValue} tabs={tabs} />;
  }
  show(Tabs);
  const list = await screen.findByRole('tablist', { name: 'Parts' });
  expect(list.scrollLeft).toBe(4 * wide - (room - wide) / 2);
  fireEvent.click(screen.getByRole('tab', { name: 'Settings' }));
  await screen.findByRole('tab', { name: 'Settings', selected: true });
  expect(list.scrollLeft).toBe(2 * wide - (room - wide) / 2);
  // One that is in sight stays where it is.
  fireEvent.click(screen.getByRole('tab', { name: 'Logs' }));
  await screen.findByRole('tab', { name: 'Logs', selected: true });
  expect(list.scrollLeft).toBe(2 * wide - (room - wide) / 2);
});
