import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Problem, errorCodes } from './errors.ts';

const folder = new URL('../../../docs/errors/', import.meta.url);

describe('docs/errors', () => {
  it('has one page for every error code and no other', async () => {
    const pages = (await readdir(folder)).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(
      Object.keys(errorCodes)
        .map((code) => `${code}.md`)
        .sort(),
    );
  });

  it.each(Object.entries(errorCodes))(
    '%s: title, status and example agree with the code',
    async (code, error) => {
      const page = await readFile(new URL(`${code}.md`, folder), 'utf8');
      expect(page.startsWith(`# ${error.title}\n\n\`${code}\`, HTTP status ${error.status}\n`)).toBe(true);
      const example = Problem.parse(JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''));
      expect(example).toMatchObject({ code, title: error.title, status: error.status });
      expect(example.type.endsWith(`/docs/errors/${code}`)).toBe(true);
      expect(page).toContain('## How to fix it\n\n1. ');
    },
  );
});
