import { verifyAudit as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { verifyChain } from './verify-chain.ts';

/** Checks the audit log of the organization, hashes and signatures (ACC-3), and says where it breaks first. */
export const verifyAudit: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => verifyChain(ctx.app.signer, tx));
};
