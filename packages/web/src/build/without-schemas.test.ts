import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '@trunkline/contract/operations';
import { describe, expect, it } from 'vitest';
import { leaveOutSchemas } from './without-schemas.ts';

describe('leaveOutSchemas', () => {
  it('keeps of an operation how it is called', () => {
    const code = leaveOutSchemas(`
      export const renameThing = defineOperation({
        name: 'renameThing',
        procedure: 'things.renameThing',
        kind: 'mutation',
        summary: 'Give a thing a name',
        input: z.object({ id: Id, name: z.string().min(1) }),
        output: Thing,
        rest: [{ method: 'PUT', path: '/api/v1/things/{id}' }],
      });`);
    expect(code.trim()).toBe(
      "export const renameThing = /* @__PURE__ */ (() => (defineOperation({ name: 'renameThing', procedure: 'things.renameThing', kind: 'mutation' })))();",
    );
  });

  it('makes removable what calls something, and leaves everything else as it is', () => {
    const plain = `
      import { z } from 'zod';
      export const days = [7, 30] as const;
      const names = (list: string[]) => list.map((each) => each.trim());
      export function first(): string { return names(['a'])[0]; }`;
    const code = leaveOutSchemas(`${plain}
      export const Day = z.enum(names(days)) as z.ZodType<'7'>, Days = z.array(Day);`);
    expect(code).toBe(`${plain}
      export const Day = /* @__PURE__ */ (() => (z.enum(names(days)) as z.ZodType<'7'>))(), Days = /* @__PURE__ */ (() => (z.array(Day)))();`);
  });
});

it('pages read nothing of an operation or a capability that is left out', () => {
  const folder = join(import.meta.dirname, '..');
  const names = Object.keys(operations).join('|');
  const leftOut = 'input|output|summary|description|tag|permission|rest|fresh|people';
  const reads = new RegExp(
    String.raw`\b(?:${names})\.(?:${leftOut})\b|\bcapabilities\[[^\]]+\]\.(?:input|output|example|missing)\b`,
  );
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
  );
  expect(files.length).toBeGreaterThan(200);
  const reading = files.filter((file) => reads.test(readFileSync(join(folder, file), 'utf8')));
  expect(reading).toEqual([]);
  expect(reads.test('const shape = createWebhook.input;')).toBe(true);
});
