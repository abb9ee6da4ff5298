/**
 * Why an identity operation was refused.
 * `invalid_credentials` never says which of email and password was wrong.
 */
export type IdentityErrorCode =
  | 'invalid_credentials'
  | 'second_factor_required'
  | 'wrong_code'
  | 'too_many_sign_ins'
  | 'email_taken'
  | 'invalid_email'
  | 'invalid_name'
  | 'weak_password'
  | 'not_a_member'
  | 'already_a_member'
  | 'slug_taken';

const messages: Record<IdentityErrorCode, string> = {
  invalid_credentials: 'The email or the password is wrong.',
  second_factor_required: 'The password is right, and a second factor is needed.',
  wrong_code: 'The code is not right.',
  too_many_sign_ins: 'Too many failed attempts. Try again later.',
  email_taken: 'This email address already has an account.',
  invalid_email: 'This is not an email address.',
  invalid_name: 'A name has 1 to 200 characters and no control characters.',
  weak_password: 'A password has 12 to 128 characters.',
  not_a_member: 'You are not a member of this organization.',
  already_a_member: 'This person is already a member of the organization.',
  slug_taken: 'This short name is already in use.',
};

/** A refusal of the identity library. Its message is fit for the user and holds nothing they typed. */
export class IdentityError extends Error {
  readonly code: IdentityErrorCode;
  /** Seconds until another attempt can succeed; only with `too_many_sign_ins`. */
  readonly retryAfterSeconds: number | null;

  constructor(code: IdentityErrorCode, retryAfterSeconds: number | null = null) {
    super(messages[code]);
    this.name = 'IdentityError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The password was right, and is not enough: the user has a second factor. No session was started. */
export class SecondFactorRequired extends IdentityError {
  readonly userId: string;

  constructor(userId: string) {
    super('second_factor_required');
    this.userId = userId;
  }
}
