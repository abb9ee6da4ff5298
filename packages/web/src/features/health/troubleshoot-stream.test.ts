import { expect, it } from 'vitest';
import { createLineReader, nothingYet, withMessage } from './troubleshoot-stream.ts';

const step = (key: string, status: 'running' | 'ok') => ({
  type: 'step' as const,
  step: { key, label: key, status, detail: '', durationMs: null },
});

it('gives a known step its new form in its old place', () => {
  const messages = [step('dns', 'running'), step('dns', 'ok'), step('tcp', 'running')];
  const { steps, diagnosis } = messages.reduce(withMessage, nothingYet);
  expect(steps.map(({ key, status }) => [key, status])).toEqual([
    ['dns', 'ok'],
    ['tcp', 'running'],
  ]);
  expect(diagnosis).toBeNull();
});

it('reads lines however they are cut', () => {
  const lines: string[] = [];
  const read = createLineReader((line) => lines.push(line));
  for (const part of ['{"a"', ':1}\n{"b', '":2}', '\n\n', '{"c":3}\n']) read(part);
  expect(lines).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
});
