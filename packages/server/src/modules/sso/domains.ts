import type { SsoDomain } from '@trunkline/contract/sso';
import type { z } from 'zod';
import type { App, Tx } from '../../ctx.ts';

/** What stands before the token in the value of the record. */
const valuePrefix = 'trunkline-domain=';

/** How long a proved domain still leads here once its record is gone, in milliseconds. */
export const domainGraceMs = 3 * 86_400_000;

export interface DomainRow {
  domain: string;
  token: string;
  provedAt: Date | null;
  checkedAt: Date | null;
  problem: string | null;
  /** The record of a domain that was proved is gone. */
  missingSince: Date | null;
  /** It was gone for so long that the domain is not proved any more. */
  lapsedAt: Date | null;
}

const selectDomains = `SELECT domain, token, proved_at AS "provedAt", checked_at AS "checkedAt", problem,
    missing_since AS "missingSince", lapsed_at AS "lapsedAt"
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
  { newId, randomBytes }: Pick<App, 'newId' | 'randomBytes'>,
): Promise<void> {
  const wanted = [...new Set(domains)];
  await tx.query(
    'DELETE FROM sso_domains WHERE organization_id = current_organization() AND domain <> ALL ($1::text[])',
    [wanted],
  );
  await tx.query(
    `INSERT INTO sso_domains (organization_id, id, domain, token)
     SELECT current_organization(), * FROM unnest($1::uuid[], $2::text[], $3::text[])
     ON CONFLICT (organization_id, domain) DO NOTHING`,
    [wanted.map(newId), wanted, wanted.map(() => randomBytes(16).toString('hex'))],
  );
}

/** What a look for the record has found: null when it is there. `isGone`: it surely is not; else nobody answered. */
export type Finding = { problem: string; isGone: boolean } | null;

/**
 * Notes what a look at the record has found. A proof stays for {@link domainGraceMs} without its record, and as long as the name
 * server does not answer. A token that is not the domain's any more changes nothing.
 */
export async function noteCheck(
  tx: Tx,
  { domain, token }: Pick<DomainRow, 'domain' | 'token'>,
  at: Date,
  finding: Finding,
): Promise<void> {
  await tx.query(
    `UPDATE sso_domains d SET checked_at = $3, problem = $4::text,
       proved_at = CASE WHEN $4 IS NULL THEN coalesce(d.proved_at, $3) WHEN s.lapses THEN NULL ELSE d.proved_at END,
       missing_since = CASE WHEN $4 IS NULL THEN NULL
         WHEN $5::boolean AND d.proved_at IS NOT NULL THEN coalesce(d.missing_since, $3) ELSE d.missing_since END,
       lapsed_at = CASE WHEN $4 IS NULL THEN NULL WHEN s.lapses THEN $3 ELSE d.lapsed_at END
     FROM (SELECT organization_id, domain, $5::boolean AND proved_at IS NOT NULL
         AND coalesce(missing_since <= $3::timestamptz - $6 * interval '1 millisecond', false) AS lapses
       FROM sso_domains WHERE organization_id = current_organization() AND domain = $1 AND token = $2 FOR UPDATE) s
     WHERE d.organization_id = s.organization_id AND d.domain = s.domain`,
    [domain, token, at, finding?.problem ?? null, finding?.isGone ?? false, domainGraceMs],
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
    missingSince: row.missingSince?.toISOString() ?? null,
    lapsesAt:
      row.missingSince === null || row.provedAt === null
        ? null
        : new Date(row.missingSince.getTime() + domainGraceMs).toISOString(),
    lapsedAt: row.lapsedAt?.toISOString() ?? null,
  };
}
