import type { Tx } from '../../ctx.ts';

/** What holds without a choice of the organization. */
export const normalSettings = { retentionDays: 30, suppress: true };

/** What the organization has set, or what is set without it. */
export async function readSettings(tx: Tx): Promise<typeof normalSettings> {
  const [row] = await tx.query<typeof normalSettings>(
    `SELECT retention_days AS "retentionDays", suppress FROM inbound_settings
     WHERE organization_id = current_organization()`,
  );
  return row ?? normalSettings;
}
