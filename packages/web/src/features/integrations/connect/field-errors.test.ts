import { expect, it } from 'vitest';
import { ApiError } from '../../../lib/api-error.ts';
import { fieldErrors } from './field-errors.ts';

function refusal(pointers: string[]): ApiError {
  const errors = pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}` }));
  return new ApiError({ code: 'invalid_input', detail: 'The input is not valid', errors });
}

it('puts errors on the fields that they are about', () => {
  expect(fieldErrors(refusal(['/values/apiKey', '/values/a~1b']))).toEqual({
    byField: { apiKey: 'wrong /values/apiKey', 'a/b': 'wrong /values/a~1b' },
    rest: null,
  });
});

it('keeps the others for the form', () => {
  expect(fieldErrors(refusal(['/values/apiKey', '/name']))).toMatchObject({ rest: 'wrong /name' });
  expect(fieldErrors(refusal([]))).toEqual({ byField: {}, rest: 'The input is not valid' });
});
