import { describe, expect, it } from 'vitest';
import { docProblems, errorPageProblems } from './lib/doc-references.mjs';
import { environmentReads, forbiddenStrings, lockAddresses } from './lib/text-rules.mjs';

const project = {
  files: ['README.md', 'docs/guide.md', 'packages/server/src/modules/webhooks/rules.ts'],
  scripts: ['verify'],
  read: (file: string) => (file === 'docs/guide.md' ? '# The guide\n\n## First steps: `a`\n' : ''),
};
const problemsIn = (text: string) => docProblems('docs/guide.md', text, project);

describe('docProblems', () => {
  it.each([
    '[up](../README.md) and [here](#the-guide) and [there](guide.md#first-steps-a)',
    '[away](https://example.com/nothing.md)',
    '`packages/server/src/modules/webhooks/rules.ts:12`, `modules/webhooks/rules.ts`, `docs/`',
    '`application/json`, `/v1/webhooks`, `docs/errors/<code>.md`, `packages/server/dist/main.js`',
    '`npm run verify`',
    '```\n[tree](nowhere.md) `docs/nowhere.md`\n```',
  ])('accepts %j', (text) => {
    expect(problemsIn(text)).toEqual([]);
  });

  it.each([
    '[gone](gone.md)',
    '[gone](../docs/guide.md#gone)',
    '`docs/gone.md`',
    '`modules/webhooks/gone.ts`',
    '`packages/gone`',
    '`npm run gone`',
    '```\nnpm run gone\n```',
  ])('reports %j', (text) => {
    expect(problemsIn(text)).toHaveLength(1);
  });
});

describe('errorPageProblems', () => {
  const codes = Array.from({ length: 10 }, (_, n) => `code_${n}`);
  const source = `export const errorCodes = {\n${codes.map((code) => `  ${code}: { status: 400 },`).join('\n')}\n} as const;`;
  const pages = codes.map((code) => `docs/errors/${code}.md`);

  it('wants one page a code', () => {
    expect(errorPageProblems(source, pages)).toEqual([]);
    expect(errorPageProblems(source, pages.slice(1))).toEqual(['docs/errors/code_0.md is missing']);
    expect(errorPageProblems(source, [...pages, 'docs/errors/old.md'])).toHaveLength(1);
  });

  it('does not pass when it reads no codes', () => {
    expect(errorPageProblems('', pages)).toHaveLength(1);
  });
});

describe('forbiddenStrings', () => {
  const checkout = '/somewhere/else';
  const forbidden = [
    'TO' + 'DO later',
    'https://registry.' + 'npmjs.org/x',
    '/ho' + 'me/ann/x',
    'in /somewhere/' + 'else/x',
  ];

  it.each(forbidden)('reports %j', (line) => {
    expect(forbiddenStrings('a.md', `fine\n${line}`, checkout)).toHaveLength(1);
  });

  it('leaves ordinary text alone', () => {
    expect(forbiddenStrings('a.md', 'A todo list at https://example.com/home/page', checkout)).toEqual([]);
  });
});

describe('environmentReads', () => {
  const line = 'const port = process' + '.env.PORT;';

  it('allows only the configuration and tests', () => {
    expect(environmentReads('packages/server/src/http/server.ts', line)).toHaveLength(1);
    expect(environmentReads('packages/server/src/config/env.ts', line)).toEqual([]);
    expect(environmentReads('packages/server/src/http/server.test.ts', line)).toEqual([]);
    expect(environmentReads('packages/server/src/http/server.ts', `// ${line}`)).toEqual([]);
  });

  it.each(['contract', 'sandbox'])('looks at the %s', (name) => {
    expect(environmentReads(`packages/${name}/src/a.ts`, line)).toHaveLength(1);
  });

  it('leaves the samples of the web alone', () => {
    expect(environmentReads('packages/web/src/features/api-key/snippets.ts', line)).toEqual([]);
  });
});

it('finds addresses in the lock file', () => {
  expect(lockAddresses('"resolved": "packages/web"')).toEqual([]);
  expect(lockAddresses('"resolved": "https://example.com/zod.tgz"')).toHaveLength(1);
});
