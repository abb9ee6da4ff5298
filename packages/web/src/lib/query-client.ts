import { QueryClient } from '@tanstack/react-query';
import { toApiError } from './api-error.ts';

/** Faults that may pass by themselves; a refusal is never asked twice. */
function isPassing(error: unknown): boolean {
  const { code } = toApiError(error);
  return code === 'unreachable' || code === 'database_unavailable' || code === 'overloaded';
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && isPassing(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
