import { checkSsoDomain as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { checkDomain } from './check-domain.ts';
import { presentDomain, readDomain } from './domains.ts';

/**
 * Looks for the TXT record that proves a domain. Once it was there, addresses of the domain lead to the organization. What
 * was found instead is in the answer; it is no error.
 *
 * @throws AppError `not_found` for a domain that the organization has not named
 */
export const checkSsoDomain: Verb<typeof operation> = async (ctx, { domain }) => {
  authorize(ctx, operation);
  const before = await inOrganization(ctx, (tx) => readDomain(tx, domain));
  const after = before && (await checkDomain(ctx, before));
  if (after === null) throw notFound('domain');
  return presentDomain(after);
};
