import type { CheckReport } from '@trunkline/contract/checks';
import { getIntegration, listIntegrations, testIntegration } from '@trunkline/contract/integrations';
import type { ApiError } from '../../lib/api-error.ts';
import { useOperationMutation } from '../../lib/api.ts';

/** A test of the stored connection, and what came of the last one on this page. */
export interface ConnectionTest {
  running: boolean;
  /** Null before the first. */
  report: CheckReport | null;
  error: ApiError | null;
  /** To which address an email goes, or went. */
  sentTo: string | null;
  run: (sendTo?: string) => void;
}

/** Runs the check of a stored connection now (CONN-6). */
export function useTest(id: string): ConnectionTest {
  const test = useOperationMutation(testIntegration, { invalidates: [getIntegration, listIntegrations] });
  return {
    running: test.isPending,
    report: test.isPending ? null : (test.data ?? null),
    error: test.error,
    sentTo: test.variables?.sendTo ?? null,
    run: (sendTo) => {
      if (!test.isPending) test.mutate({ id, ...(sendTo === undefined ? {} : { sendTo }) });
    },
  };
}
