import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { applyFormErrors, fieldOfPointer } from './form-errors.ts';

function formWith(values: object) {
  const shown: { errors: Record<string, string> } = { errors: {} };
  return {
    shown,
    getValues: () => values,
    setErrors: (errors: Record<string, string>) => {
      shown.errors = errors;
    },
  };
}

function refused(errors: { pointer: string; detail: string }[]) {
  return new ApiError({ code: 'invalid_input', detail: 'The input is not valid.', errors });
}

describe('applyFormErrors', () => {
  it('puts messages on their fields and leaves nothing over', () => {
    const form = formWith({ url: '', retry: {} });
    const rest = applyFormErrors(
      form,
      refused([
        { pointer: '/url', detail: 'Use HTTPS' },
        { pointer: '/retry/maxRetries', detail: 'At most 10' },
      ]),
    );
    expect(form.shown.errors).toEqual({ url: 'Use HTTPS', 'retry.maxRetries': 'At most 10' });
    expect(rest).toBeNull();
  });

  it('shows the fault of a list item on the list', () => {
    const form = formWith({ events: [] });
    applyFormErrors(form, refused([{ pointer: '/events/3', detail: 'Unknown event' }]));
    expect(form.shown.errors).toEqual({ events: 'Unknown event' });
  });

  it('gives back what no field shows', () => {
    const form = formWith({ url: '' });
    expect(applyFormErrors(form, refused([{ pointer: '/other', detail: 'Not that' }]))).toBe('Not that');
    expect(applyFormErrors(form, refused([]))).toBe('The input is not valid.');
  });

  it('uses the aliases of the form', () => {
    const form = formWith({ address: '' });
    expect(
      applyFormErrors(form, refused([{ pointer: '/url', detail: 'x' }]), { '/url': 'address' }),
    ).toBeNull();
    expect(form.shown.errors).toEqual({ address: 'x' });
  });
});

describe('fieldOfPointer', () => {
  it('undoes the escapes of a JSON pointer', () => {
    expect(fieldOfPointer('/a~1b/c~0d')).toBe('a/b.c~d');
  });
});
