import { readFile, readdir, writeFile } from 'node:fs/promises';
import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { startActionBulk } from '@trunkline/contract/action-bulks';
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

/** The calls of actions in a page, as a shell would make them: the address behind `/api/v1/actions/`, and the body. */
function callsIn(page: string): { to: string; body: unknown }[] {
  return [...page.matchAll(/```sh\ncurl \S+\/api\/v1\/actions\/(\S+) [^`]*-d '([^']*)'\n```/g)].map(
    ([, to = '', body = '']) => ({ to, body: JSON.parse(body) as unknown }),
  );
}

it.each(capabilityNames)('docs/actions/%s.md has an example that is taken as it stands', async (name) => {
  const page = await readFile(new URL(`${name}.md`, folder), 'utf8');
  const [call, ...others] = callsIn(page);
  expect([call?.to, others]).toEqual([name, []]);
  expect(capabilities[name].input.safeParse(call?.body).error).toBeUndefined();
  const [, script = ''] = /body: JSON\.stringify\(\{([^]*?)\n {2}\}\),/.exec(page) ?? [];
  const keys = [...script.matchAll(/^ {4}(\w+):/gm)].map(([, key]) => key);
  expect(keys).toEqual(Object.keys(call?.body as object));
});

it('has examples in docs/actions.md that are taken as they stand', async () => {
  const calls = callsIn(await readFile(new URL('../actions.md', folder), 'utf8'));
  expect(calls.map(({ to }) => to)).toEqual(['email.send', 'bulk']);
  const bulk = startActionBulk.input.parse(calls[1]!.body);
  for (const input of [calls[0]!.body, ...bulk.inputs])
    expect(capabilities['email.send'].input.safeParse(input).error).toBeUndefined();
});
