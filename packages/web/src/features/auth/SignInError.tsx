import { Notice } from '../../components/Notice.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { formatSeconds } from '../../lib/format.ts';

export interface SignInErrorProps {
  error: ApiError | null;
  secondsLeft: number;
  /** Said when the credentials are wrong. */
  refusal?: string;
}

/** Why signing in did not work: never which field was wrong, but always how long a lockout lasts. */
export function SignInError({
  error,
  secondsLeft,
  refusal = 'E-mail or password is not right',
}: SignInErrorProps) {
  if (!error) return null;
  if (error.code === 'too_many_sign_ins') {
    const when = secondsLeft > 0 ? `Try again in ${formatSeconds(secondsLeft)}.` : 'You can try again now.';
    return (
      <Notice tone="degraded" role="alert" title="Too many attempts">
        {error.retryAfterSeconds === null ? error.detail : when}
      </Notice>
    );
  }
  if (error.code === 'invalid_credentials') {
    return <Notice tone="error" role="alert" title={refusal} />;
  }
  if (error.code === 'wrong_code' || error.code === 'cancelled') {
    return <Notice tone="error" role="alert" title={error.detail} />;
  }
  return (
    <Notice tone="error" role="alert" title={error.detail}>
      {error.requestId ? `Request ${error.requestId}` : null}
    </Notice>
  );
}
