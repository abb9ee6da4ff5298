import { getRetryConfig as operation } from '@trunkline/contract/retry';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readRetryConfig } from './retry-queries.ts';

/** The organization's retry and dead-letter settings; defaults until somebody changes them. */
export const getRetryConfig: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, readRetryConfig);
};
