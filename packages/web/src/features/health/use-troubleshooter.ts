import { useCallback, useEffect, useRef, useState } from 'react';
import { toApiError } from '../../lib/api-error.ts';
import type { ApiError } from '../../lib/api-error.ts';
import type { TroubleshootPart } from './troubleshoot-stream.ts';
import { nothingYet, streamTroubleshooting, withMessage } from './troubleshoot-stream.ts';
import type { Progress } from './troubleshoot-stream.ts';

export interface Troubleshooting extends Progress {
  running: boolean;
  error: ApiError | null;
  /** `network`: the way to the provider alone. */
  run: (part?: TroubleshootPart) => void;
}

/** Runs the troubleshooter of one integration, and shows what it tells as it tells it. */
export function useTroubleshooter(id: string): Troubleshooting {
  const [progress, setProgress] = useState(nothingYet);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const run = useCallback(
    (part: TroubleshootPart = 'all') => {
      if (current.current !== null) return;
      const controller = new AbortController();
      current.current = controller;
      setProgress(nothingYet);
      setError(null);
      setRunning(true);
      streamTroubleshooting(
        { id, part },
        (message) => setProgress((before) => withMessage(before, message)),
        controller.signal,
      )
        .catch((thrown: unknown) => {
          if (!controller.signal.aborted) setError(toApiError(thrown));
        })
        .finally(() => {
          current.current = null;
          if (!controller.signal.aborted) setRunning(false);
        });
    },
    [id],
  );
  return { ...progress, running, error, run };
}
