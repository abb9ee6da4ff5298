import type { SsoDomain } from '@trunkline/contract/sso';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';

/** What stands before the token in the value of the record. */
const valuePrefix = 'trunkline-domain=';

interface DomainRow {
  domain: string;
  token: string;
  provedAt: Date | null;
  checkedAt: Date | null;
  problem: string | null;
}

const selectDomains = `SELECT domain, token, proved_at AS "provedAt", checked_at AS "checkedAt", problem
  FROM sso_domains WHERE organization_id = current_organization()`;

/** The name of the TXT record that proves a domain, beside the domain's own records. */
export const recordNameOf = (domain: string): string => `_trunkline.${domain}`;

export const recordValueOf = (token: string): string => `${valuePrefix}${token}`;

/** The domains that the organization has named, proved or not. */
export async function readDomains(tx: Tx): Promise<DomainRow[]> {
  return tx.query<DomainRow>(`${selectDomains} ORDER BY domain`);
}

export async function readDomain(tx: Tx, domain: string): Promise<DomainRow | null> {
  const [row] = await tx.query<DomainRow>(`${selectDomains} AND domain = $1`, [domain]);
  return row ?? null;
}

/** Names domains in place of the ones before; a proof stays with the domain that it is of. */
export async function saveDomains(
  tx: Tx,
  domains: readonly string[],
  randomBytes: (size: number) => Buffer,
): Promise<void> {
  const wanted = [...new Set(domains)];
  await tx.query(
    'DELETE FROM sso_domains WHERE organization_id = current_organization() AND domain <> ALL ($1::text[])',
    [wanted],
  );
  await tx.query(
    `INSERT INTO sso_domains (organization_id, domain, token)
     SELECT current_organization(), * FROM unnest($1::text[], $2::text[])
     ON CONFLICT (organization_id, domain) DO NOTHING`,
    [wanted, wanted.map(() => randomBytes(16).toString('hex'))],
  );
}

/** Notes what a look at the record has found; a proof that there was stays. */
export async function noteCheck(tx: Tx, domain: string, at: Date, problem: string | null): Promise<void> {
  await tx.query(
    `UPDATE sso_domains SET checked_at = $2, problem = $3,
       proved_at = CASE WHEN $3::text IS NULL THEN coalesce(proved_at, $2) ELSE proved_at END
     WHERE organization_id = current_organization() AND domain = $1`,
    [domain, at, problem],
  );
}

export function presentDomain(row: DomainRow): z.input<typeof SsoDomain> {
  return {
    domain: row.domain,
    provedAt: row.provedAt?.toISOString() ?? null,
    recordName: recordNameOf(row.domain),
    recordValue: recordValueOf(row.token),
    checkedAt: row.checkedAt?.toISOString() ?? null,
    problem: row.problem,
  };
}
