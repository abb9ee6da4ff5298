import { Id } from '@trunkline/contract/common';
import type { App } from '../../ctx.ts';

/** Pages that may show an organization's portal in a frame, for the header of the frame; none for what is no organization. */
export async function frameOrigins({ pool }: Pick<App, 'pool'>, organizationId: string): Promise<string[]> {
  if (!Id.safeParse(organizationId).success) return [];
  const { rows } = await pool.query<{ origins: string[] }>(
    'SELECT origins FROM portal_settings WHERE organization_id = $1',
    [organizationId],
  );
  return rows[0]?.origins ?? [];
}
