import { auditRetentionDays } from '@trunkline/contract/audit';
import type { AuditSettings } from '@trunkline/contract/audit';
import type { z } from 'zod';
import type { App, Tx } from '../../ctx.ts';
import { presentCheck, readCheck } from './checks.ts';
import { lastCheckpoint, presentCheckpoint } from './signed-places.ts';

/** What the organization has set, or what is set without it. */
export async function readRetentionDays(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ days: number }>(
    'SELECT retention_days AS days FROM audit_settings WHERE organization_id = current_organization()',
  );
  return row?.days ?? auditRetentionDays.normal;
}

export async function presentSettings(app: App, tx: Tx): Promise<z.input<typeof AuditSettings>> {
  const { keyId, publicKey } = app.signer;
  const [cut, checkpoint] = [await lastCheckpoint(tx, 'cut'), await lastCheckpoint(tx, null)];
  const check = await readCheck(tx);
  return {
    retentionDays: await readRetentionDays(tx),
    removed: cut?.sequence ?? 0,
    publicKey,
    keyId,
    checkpoint: checkpoint === null ? null : presentCheckpoint(checkpoint),
    check: check === null ? null : presentCheck(check),
  };
}
