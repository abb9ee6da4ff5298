import { useState } from 'react';
import type { ApiError } from '../../lib/api-error.ts';
import { useNow } from '../../lib/clock.ts';

/**
 * Seconds until another attempt is allowed, counting down; 0 when it is. Starts from an error with code
 * `too_many_sign_ins` that says how long.
 */
export function useLockout(): { secondsLeft: number; noteError: (error: ApiError) => void } {
  const now = useNow();
  const [until, setUntil] = useState(0);
  return {
    secondsLeft: Math.max(0, Math.ceil((until - now) / 1000)),
    noteError: (error) => {
      if (error.code === 'too_many_sign_ins' && error.retryAfterSeconds !== null) {
        setUntil(Date.now() + error.retryAfterSeconds * 1000);
      }
    },
  };
}
