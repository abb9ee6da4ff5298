import type { AuditAction } from '@trunkline/contract/audit';
import type { App, Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { noteCheck, readDomain, recordNameOf, recordValueOf } from './domains.ts';
import type { DomainRow, Finding } from './domains.ts';

const uniqueViolation = '23505';

/**
 * Looks for the record of a domain and notes, with an audit record, what follows from it. Gives the domain as it is now; null
 * when the organization does not name it any more.
 */
export async function checkDomain(ctx: Ctx, domain: DomainRow): Promise<DomainRow | null> {
  const { app } = ctx;
  const found = await lookFor(app, domain);
  const note = (finding: Finding) =>
    inOrganization(ctx, async (tx) => {
      const before = await readDomain(tx, domain.domain);
      if (before === null) return null;
      await noteCheck(tx, domain, new Date(app.clock()), finding);
      const after = await readDomain(tx, domain.domain);
      const action = after && whatHappened(before, after);
      if (action) {
        await recordAudit(ctx, tx, {
          action,
          target: { type: 'organization', id: tx.organizationId, name: null },
          changes: { domain: { before: null, after: domain.domain } },
        });
      }
      tx.announce('members');
      return after;
    });
  try {
    return await note(found);
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    return note({
      problem: 'Another organization of this installation has proved this domain.',
      isGone: false,
    });
  }
}

function whatHappened(before: DomainRow, after: DomainRow): AuditAction | null {
  if (before.lapsedAt === null && after.lapsedAt !== null) return 'sso.domain_lapsed';
  if (before.missingSince === null && after.missingSince !== null) return 'sso.domain_proof_missing';
  if (after.provedAt === null) return null;
  return before.provedAt === null || (before.missingSince !== null && after.missingSince === null)
    ? 'sso.domain_proved'
    : null;
}

async function lookFor(app: App, { domain, token, provedAt, lapsedAt }: DomainRow): Promise<Finding> {
  const name = recordNameOf(domain);
  let values: string[];
  try {
    values = await app.resolveTxt(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND' || code === 'ENODATA') {
      const wasThere = provedAt !== null || lapsedAt !== null;
      const when = wasThere ? 'any more.' : 'yet. A new one can take some time to be seen.';
      return { problem: `There is no TXT record ${name} ${when}`, isGone: true };
    }
    const problem = `The name server of the domain does not answer${code === '' ? '' : ` (${code.slice(0, 40)})`}.`;
    return { problem, isGone: false };
  }
  if (values.some((one) => one.trim() === recordValueOf(token))) return null;
  return { problem: `The TXT record ${name} has another value.`, isGone: true };
}
