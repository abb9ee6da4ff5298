import { expect, it } from 'vitest';
import { todoItems } from './todo-items.ts';

it('shows every field of what is to be done, in words', () => {
  expect(
    todoItems({ jobId: 'job-1', location: { city: 'Austin', country: 'US' }, applyUrl: 'https://a.example' }),
  ).toEqual([
    { label: 'Job id', value: 'job-1' },
    { label: 'Location', value: 'Austin, US' },
    { label: 'Apply url', value: 'https://a.example' },
  ]);
  expect(todoItems(null)).toEqual([]);
});
