import { useState } from 'react';
import type { ApiError } from '../../lib/api-error.ts';
import { useNow } from '../../lib/clock.ts';

/**
 * Seconds until another attempt is allowed, counting down; 0 when it is. Starts from an error with code
 * `too_many_sign_ins` that says how long.
 */
export function useLockout(): { secondsLeft: number; noteError: (error: ApiError) => void } {
  const now = useNow();
  const [lock, setLock] = useState({ until: 0, seconds: 0 });
  return {
    // The clock ticks in whole seconds of its own, so it may be behind the moment of the refusal.
    secondsLeft: Math.min(lock.seconds, Math.max(0, Math.ceil((lock.until - now) / 1000))),
    noteError: (error) => {
      if (error.code === 'too_many_sign_ins' && error.retryAfterSeconds !== null) {
        const seconds = error.retryAfterSeconds;
        setLock({ until: Date.now() + seconds * 1000, seconds });
      }
    },
  };
}
