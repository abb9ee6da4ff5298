import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventTypes } from './catalog.ts';
import { renderEventCatalog } from './render.ts';

const page = new URL('../../../../docs/events.md', import.meta.url);
const hint =
  'docs/events.md is out of date: run UPDATE_DOCS=1 npx vitest run packages/contract/src/event-types';

describe('docs/events.md', () => {
  it('is what the catalog says', async () => {
    const expected = renderEventCatalog();
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, expected);
    const current = await readFile(page, 'utf8').catch(() => '');
    // The pages are long: the hint says more than a difference would.
    expect(current === expected ? 'up to date' : hint).toBe('up to date');
  });

  it('has a section, a table and an example for every event type', () => {
    const sections = renderEventCatalog().split('\n### ').slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(eventTypes.map((type) => type.name));
    for (const [index, section] of sections.entries()) {
      const json = /```json\n([\s\S]*?)\n```/.exec(section)?.[1] ?? '';
      expect(JSON.parse(json)).toEqual(eventTypes[index]?.example);
      expect(section).toContain('| Field');
    }
  });
});
