import { useQueryClient } from '@tanstack/react-query';
import { getOAuthAttempt } from '@trunkline/contract/oauth';
import type { OAuthAttempt } from '@trunkline/contract/oauth';
import { useEffect } from 'react';
import { operationKey, useOperation } from '../../../lib/api.ts';
import type { ApiError } from '../../../lib/api-error.ts';
import { claimAttempt } from './attempt-channel.ts';

/** How often the server is asked while the person is at the provider, ms: for when the other window says nothing. */
const everyMs = 2000;

/** An attempt to connect, followed until it has ended. */
export function useAttempt(attemptId: string): { attempt: OAuthAttempt | null; error: ApiError | null } {
  const client = useQueryClient();
  const { data, error } = useOperation(
    getOAuthAttempt,
    { attemptId },
    { refetchInterval: everyMs, staleTime: 0 },
  );
  useEffect(
    () =>
      claimAttempt(attemptId, () => {
        void client.invalidateQueries({ queryKey: operationKey(getOAuthAttempt, { attemptId }) });
      }),
    [client, attemptId],
  );
  return { attempt: data ?? null, error };
}
