import { AppError, fieldError, notFound } from '../../errors.ts';
import { IdentityError } from '../../identity/errors.ts';

/**
 * Waits for work of the identity library and turns its refusals into the product's errors, in this one
 * place. Other errors pass unchanged. `namePointer` is the input field that a refused name came from.
 */
export async function throughIdentity<T>(work: Promise<T>, namePointer = '/name'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof IdentityError ? appErrorOf(error, namePointer) : error;
  }
}

function appErrorOf(error: IdentityError, namePointer: string): AppError {
  switch (error.code) {
    case 'invalid_credentials':
      return new AppError('invalid_credentials', error.message);
    case 'wrong_code':
      return new AppError('wrong_code', error.message);
    case 'second_factor_required':
      return new AppError('second_factor_required', error.message);
    case 'too_many_sign_ins':
      return new AppError('too_many_sign_ins', error.message, {
        retryAfterSeconds: error.retryAfterSeconds ?? 1,
      });
    case 'weak_password':
      return fieldError('invalid_input', '/password', error.message);
    case 'invalid_email':
      return fieldError('invalid_input', '/email', error.message);
    case 'invalid_name':
      return fieldError('invalid_input', namePointer, error.message);
    case 'not_a_member':
      return notFound('organization');
    case 'email_taken':
    case 'already_a_member':
    case 'slug_taken':
      return new AppError('conflict', error.message);
  }
}
