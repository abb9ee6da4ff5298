import { readFile, writeFile } from 'node:fs/promises';
import { providerGroups } from '@trunkline/contract/provider-categories';
import { describe, expect, it } from 'vitest';
import { allProviders } from '../../providers/all-providers.ts';
import { renderProviders } from './render-providers.ts';

const page = new URL('../../../../../docs/providers.md', import.meta.url);
const hint =
  'docs/providers.md is out of date: run UPDATE_DOCS=1 npx vitest run packages/server/src/modules/catalog/render-providers.test.ts';

describe('docs/providers.md', () => {
  it('is what the catalog says', async () => {
    const expected = renderProviders(allProviders);
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, expected);
    const current = await readFile(page, 'utf8').catch(() => '');
    // The page is long: the hint says more than a difference would.
    expect(current === expected ? 'up to date' : hint).toBe('up to date');
  });

  it('has a table for every group, and every provider in exactly one of them', () => {
    const sections = renderProviders(allProviders).split('\n## ').slice(1);
    const last = 'What each supports';
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      ...Object.values(providerGroups),
      last,
    ]);
    const groups = sections.filter((section) => !section.startsWith(last));
    const rows = groups.flatMap((section) => section.split('\n').filter((line) => line.startsWith('| ')));
    const names = rows
      .map((row) =>
        row
          .split('|')[1]!
          .trim()
          .replace(/^\[(.+)\]\(.*$/, '$1'),
      )
      .filter((name) => name !== 'Provider' && !/^-+$/.test(name));
    expect(names.sort()).toEqual(allProviders.map(({ name }) => name).sort());
  });

  it('says what a provider supports', () => {
    const cellsOf = (slug: string) => {
      const [provider] = allProviders.filter((one) => one.slug === slug);
      const row = provider && renderProviders([provider]).split('\n## ').join('\n').split('\n');
      return row
        ?.find((line) => line.startsWith(`| [${provider?.name}]`))
        ?.split(' | ')
        .map((cell) => cell.replaceAll(/^\| |\|$/g, '').trim());
    };
    expect(cellsOf('slack')).toEqual([
      '[Slack](https://docs.slack.dev)',
      'Chat',
      'OAuth 2.0',
      '`POST /auth.test`',
      '`slack-v0` (hmac-sha256)',
      '–',
      'checked',
    ]);
    expect(cellsOf('vanguard')?.slice(1)).toEqual([
      'Retirement',
      'SFTP, Files by hand',
      'lists the folder',
      '–',
      'yes',
      'partial',
    ]);
  });

  it('says what the product does with each', () => {
    const rowOf = (name: string) =>
      renderProviders(allProviders)
        .split('\n## What each supports\n')[1]
        ?.split('\n')
        .find((line) => line.startsWith(`| ${name} `))
        ?.split('|')
        .map((cell) => cell.trim())
        .slice(2, -1);
    expect(rowOf('Gmail')).toEqual(['consent', 'yes', 'yes', 'yes', 'yes', '–']);
    expect(rowOf('Amazon SES')).toEqual(['keys', 'yes', '–', '–', 'yes', '–']);
    expect(rowOf('Vanguard')).toEqual(['files', 'yes', '–', '–', '–', 'yes']);
    expect(rowOf('Email forwarding')?.[0]).toBe('only sends');
    for (const { name } of allProviders) expect([name, rowOf(name)?.length]).toEqual([name, 6]);
  });
});
