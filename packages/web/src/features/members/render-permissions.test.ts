import { readFile, writeFile } from 'node:fs/promises';
import { operations } from '@trunkline/contract/operations';
import { expect, it } from 'vitest';
import { renderPermissions } from './render-permissions.ts';

const page = new URL('../../../../../docs/permissions.md', import.meta.url);
const hint =
  'docs/permissions.md is out of date: run UPDATE_DOCS=1 npx vitest run packages/web/src/features/members/render-permissions.test.ts';

it('docs/permissions.md is what the matrix says', async () => {
  const expected = renderPermissions();
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, expected);
  const current = await readFile(page, 'utf8').catch(() => '');
  expect(current === expected ? 'up to date' : hint).toBe('up to date');
});

it('names every operation', () => {
  const text = renderPermissions();
  expect(Object.keys(operations).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
