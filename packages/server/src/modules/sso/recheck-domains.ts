import type { App } from '../../ctx.ts';
import { systemContext } from '../../system-context.ts';
import { checkDomain } from './check-domain.ts';
import type { DomainRow } from './domains.ts';

const hourMs = 3_600_000;
/** Domains of one round; what is over comes in the next one, the longest not looked at first. */
const roundLimit = 200;

/**
 * Looks for the records of domains again that are or were proved: once a day, and every hour while the record is missing and
 * the domain still leads here. A domain whose look fails keeps no other from its turn.
 */
export async function recheckDomains(app: App, isStopping: () => boolean): Promise<void> {
  const now = app.clock();
  const { rows } = await app.pool.query<DomainRow & { organizationId: string }>(
    `SELECT organization_id AS "organizationId", domain, token, proved_at AS "provedAt", checked_at AS "checkedAt", problem,
       missing_since AS "missingSince", lapsed_at AS "lapsedAt"
     FROM sso_domains
     WHERE (proved_at IS NOT NULL OR lapsed_at IS NOT NULL) AND (checked_at IS NULL OR checked_at <= $1
       OR checked_at <= $2 AND missing_since IS NOT NULL AND lapsed_at IS NULL)
     ORDER BY checked_at NULLS FIRST LIMIT $3`,
    [new Date(now - 24 * hourMs), new Date(now - hourMs), roundLimit],
  );
  for (const { organizationId, ...domain } of rows) {
    if (isStopping()) return;
    try {
      await checkDomain(systemContext(app, organizationId), domain);
    } catch (error) {
      app.log.warn({ err: error, organizationId }, 'the proof of a domain could not be looked for');
    }
  }
}
