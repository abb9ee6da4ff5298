import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAdapterWorld } from '../../testing/adapter-world.ts';
import type { AdapterWorld } from '../../testing/adapter-world.ts';

let world: AdapterWorld;
beforeAll(async () => {
  world = await startAdapterWorld();
});
afterAll(() => world.close());

const event = { title: 'Interview', start: '2026-12-01T10:00:00Z', end: '2026-12-01T10:30:00Z' };
const span = { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' };

const places = [
  {
    slug: 'google-calendar',
    other: 'interviews@group.calendar.google.com',
    main: '/calendars/primary/events',
    inOther: '/calendars/interviews%40group.calendar.google.com/events',
  },
  {
    slug: 'microsoft-365',
    other: 'AAMkAGI2INTERVIEWS',
    main: '/me/events',
    inOther: '/me/calendars/AAMkAGI2INTERVIEWS/events',
  },
];

describe.each(places)('a call of $slug that names no calendar', ({ slug, other, main, inOther }) => {
  const lastPath = () => new URL(world.sandbox.traffic(slug)[0]!.url).pathname;
  const create = async (more: { calendar?: string } = {}) => {
    const { outcome } = await world.ask(slug, 'calendar.create_event', { ...event, ...more });
    expect(outcome).toBe('succeeded');
    return lastPath();
  };

  it.each(['primary', '', ' '])('goes to the main one while the setting is "%s"', async (defaultCalendar) => {
    await world.set(slug, { defaultCalendar });
    expect(await create()).toMatch(new RegExp(`${main}$`));
    await world.ask(slug, 'calendar.list_events', span);
    expect(lastPath()).not.toMatch(/interviews/i);
  });

  it('goes to the one of the settings, and a call that names one to that', async () => {
    await world.set(slug, { defaultCalendar: other });
    expect(await create()).toContain(inOther);
    const listed = await world.ask(slug, 'calendar.list_events', span);
    expect((listed.result as { events: unknown[] }).events).toHaveLength(1);
    expect(lastPath()).toMatch(/interviews/i);
    expect(await create({ calendar: 'primary' })).toMatch(new RegExp(`${main}$`));
  });
});
