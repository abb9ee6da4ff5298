import type { Tracking } from '@trunkline/contract/tracking';
import type { App, Ctx, Tx } from '../../ctx.ts';

/** Whether anything is recorded for the organization of the transaction, and who decided so. */
export async function readTracking(app: App, tx: Tx): Promise<Tracking> {
  const [row] = await tx.query<{ enabled: boolean }>(
    'SELECT enabled FROM tracking_settings WHERE organization_id = current_organization()',
  );
  const enabled = row?.enabled ?? true;
  const installation = app.config.tracking;
  return { enabled, installation, recording: enabled && installation };
}

/** Whether the browser of this request asks not to be followed (Do Not Track, Global Privacy Control). */
export function asksForPrivacy({ request: { headers } }: Ctx): boolean {
  return headers.get('dnt') === '1' || headers.get('sec-gpc') === '1';
}
