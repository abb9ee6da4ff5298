import { readFile } from 'node:fs/promises';
import { AuditCheckpoint } from '@trunkline/contract/audit';
import { z } from 'zod';
import type { Config } from '../config/env.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { checkpointFrom } from '../modules/audit/signed-places.ts';
import { verifyChain } from '../modules/audit/verify-chain.ts';
import type { ChainReport } from '../modules/audit/verify-chain.ts';
import { createLog, startApp } from '../start-app.ts';

export interface VerifyOptions {
  /** One organization instead of all. */
  organization?: string;
  /** A file with checkpoints that were kept elsewhere: an export as NDJSON, or its last line alone. */
  checkpoints?: string;
}

export interface VerifiedLog {
  organizationId: string;
  name: string;
  report: ChainReport;
}

/** What was asked for cannot be checked: a wrong id or file. */
export class VerifyAuditError extends Error {
  override readonly name = 'VerifyAuditError';
}

/** Checks the audit logs of all organizations, or of one (`audit verify`). Nothing in the database is changed. */
export async function verifyAuditLogs(config: Config, options: VerifyOptions): Promise<VerifiedLog[]> {
  const { organization = null } = options;
  if (organization !== null && !z.uuid().safeParse(organization).success) {
    throw new VerifyAuditError('--organization: an id of an organization is a UUID.');
  }
  const kept = options.checkpoints === undefined ? [] : await readKept(options.checkpoints);
  const running = await startApp(config, createLog('error'));
  try {
    const { pool, signer } = running.app;
    const { rows } = await pool.query<{ id: string; name: string }>(
      'SELECT id, name FROM organizations WHERE $1::uuid IS NULL OR id = $1 ORDER BY id',
      [organization],
    );
    if (organization !== null && rows.length === 0) {
      throw new VerifyAuditError(`--organization: there is no organization ${organization}.`);
    }
    const logs: VerifiedLog[] = [];
    for (const { id, name } of rows) {
      const own = kept.filter(({ organizationId }) => organizationId === id).map(checkpointFrom);
      const report = await tenantTransaction(pool, id, (tx) => verifyChain(signer, tx, own));
      logs.push({ organizationId: id, name, report });
    }
    return logs;
  } finally {
    await running.stop();
  }
}

/** One line for people. */
export function reportLine({ organizationId, name, report }: VerifiedLog): string {
  const where = `${name} (${organizationId})`;
  if (!report.ok) return `✗ ${where}: breaks at record ${report.brokenAt}. ${report.reason}`;
  const kept = report.removed === 0 ? '' : `, ${report.removed} removed by retention before them`;
  const since = report.signedSince === null ? '' : `, signed since record ${report.signedSince}`;
  return `✓ ${where}: ${report.checked} records intact${kept}, ${report.checkpoints} checkpoints${since}`;
}

async function readKept(file: string): Promise<AuditCheckpoint[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new VerifyAuditError(`--checkpoints: ${file} cannot be read.`);
  }
  const Line = z.object({ checkpoint: AuditCheckpoint });
  const found = text.split('\n').flatMap((line) => {
    if (!line.includes('"checkpoint"')) return [];
    const read = Line.safeParse(parse(line));
    return read.success ? [read.data.checkpoint] : [];
  });
  if (found.length === 0) throw new VerifyAuditError(`--checkpoints: ${file} has no checkpoint.`);
  return found;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
