import { checkSsoDomain as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import type { App } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { noteCheck, presentDomain, readDomain, recordNameOf, recordValueOf } from './domains.ts';

const uniqueViolation = '23505';

/**
 * Looks for the TXT record that proves a domain. Once it was there, addresses of the domain lead to the organization. What
 * was found instead is in the answer; it is no error.
 *
 * @throws AppError `not_found` for a domain that the organization has not named
 */
export const checkSsoDomain: Verb<typeof operation> = async (ctx, { domain }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const before = await inOrganization(ctx, (tx) => readDomain(tx, domain));
  if (before === null) throw notFound('domain');
  const problem = await lookFor(app, recordNameOf(domain), recordValueOf(before.token));
  const note = (found: string | null) =>
    inOrganization(ctx, async (tx) => {
      await noteCheck(tx, domain, new Date(app.clock()), found);
      const after = await readDomain(tx, domain);
      if (after === null) throw notFound('domain');
      if (before.provedAt === null && after.provedAt !== null) {
        await recordAudit(ctx, tx, {
          action: 'sso.domain_proved',
          target: { type: 'organization', id: tx.organizationId, name: null },
          changes: { domain: { before: null, after: domain } },
        });
      }
      tx.announce('members');
      return presentDomain(after);
    });
  try {
    return await note(problem);
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    return note('Another organization of this installation has proved this domain.');
  }
};

/** Null when the record is there, else what to say. */
async function lookFor(app: App, name: string, value: string): Promise<string | null> {
  let values: string[];
  try {
    values = await app.resolveTxt(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND' || code === 'ENODATA') {
      return `There is no TXT record ${name} yet. A new one can take some time to be seen.`;
    }
    return `The name server of the domain does not answer${code === '' ? '' : ` (${code.slice(0, 40)})`}.`;
  }
  if (values.some((one) => one.trim() === value)) return null;
  return `The TXT record ${name} has another value.`;
}
