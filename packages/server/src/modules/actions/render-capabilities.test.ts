import { readFile, readdir, writeFile } from 'node:fs/promises';
import { capabilityNames } from '@trunkline/contract/capabilities';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { allProviders } from '../../providers/all-providers.ts';
import { renderCapability } from './render-capabilities.ts';

const folder = new URL('../../../../../docs/actions/', import.meta.url);

it.each(capabilityNames)('docs/actions/%s.md is what contract and adapters say', async (name) => {
  const page = new URL(`${name}.md`, folder);
  const style = (await resolveConfig(page)) ?? {};
  const expected = await format(renderCapability(name, allProviders), { ...style, parser: 'markdown' });
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, expected);
  const current = await readFile(page, 'utf8').catch(() => '');
  const hint = `docs/actions/${name}.md is out of date: run this test with UPDATE_DOCS=1`;
  expect(current === expected ? 'up to date' : hint).toBe('up to date');
});

it('has a page for every capability and no other', async () => {
  expect((await readdir(folder)).sort()).toEqual(capabilityNames.map((name) => `${name}.md`).sort());
});
