import { describe, expect, it } from 'vitest';
import { ApiError } from '../../lib/api-error.ts';
import { originProblem, readOriginList } from './origins.ts';

describe('readOriginList', () => {
  it('takes lines, commas and empty ones', () => {
    expect(readOriginList(' https://a.test \n\nhttps://b.test, http://127.0.0.1:1\n')).toEqual([
      'https://a.test',
      'https://b.test',
      'http://127.0.0.1:1',
    ]);
    expect(readOriginList(' \n')).toEqual([]);
  });
});

describe('originProblem', () => {
  const problem = (pointer?: string) =>
    new ApiError({
      code: 'invalid_input',
      detail: 'The input is not valid.',
      errors: pointer === undefined ? [] : [{ pointer, detail: 'Use https.' }],
    });

  it('names the origin that is wrong', () => {
    const listed = ['https://a.test', 'http://b.test'];
    expect(originProblem(problem('/origins/1'), listed)).toBe('http://b.test: Use https.');
    expect(originProblem(problem('/origins'), listed)).toBe('Use https.');
    expect(originProblem(problem(), listed)).toBe('The input is not valid.');
  });
});
