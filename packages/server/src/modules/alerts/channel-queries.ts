import type { AlertSeverity } from '@trunkline/contract/alert-rules';
import type { AlertChannel, AlertChannelTarget } from '@trunkline/contract/alert-settings';
import type { App, Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';

/** A channel as it is stored. */
export interface ChannelRow {
  id: string;
  name: string;
  target: AlertChannelTarget;
  box: Buffer | null;
  enabled: boolean;
  severities: AlertSeverity[];
  lastAt: Date | null;
  lastOk: boolean | null;
  lastDetail: string | null;
}

/** A channel opened for use: its secret is the signing secret of a webhook, or the address of a Slack webhook. */
export interface OpenChannel {
  id: string;
  name: string;
  target: AlertChannelTarget;
  secret: string | null;
}

const columns = `id, name, target, secret_box AS box, enabled, severities, last_at AS "lastAt", last_ok AS "lastOk",
  last_detail AS "lastDetail"`;

/** Where the box of a channel belongs. */
export function channelPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'alert_channels', row: id, column: 'secret_box' };
}

export async function listChannels(tx: Tx): Promise<ChannelRow[]> {
  return tx.query<ChannelRow>(
    `SELECT ${columns} FROM alert_channels WHERE organization_id = current_organization() ORDER BY id`,
  );
}

/** @throws AppError `not_found` */
export async function readChannel(tx: Tx, id: string): Promise<ChannelRow> {
  const [row] = await tx.query<ChannelRow>(
    `SELECT ${columns} FROM alert_channels WHERE organization_id = current_organization() AND id = $1 FOR UPDATE`,
    [id],
  );
  if (!row) throw notFound('alert channel');
  return row;
}

/** @throws AppError `not_found` when one of them is not there */
export async function requireChannels(tx: Tx, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const [found] = await tx.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM alert_channels WHERE organization_id = current_organization() AND id = ANY ($1)`,
    [wanted],
  );
  if (found!.n < wanted.length) throw notFound('alert channel');
}

export function openChannel(
  app: Pick<App, 'secretBox'>,
  organizationId: string,
  row: ChannelRow,
): OpenChannel {
  const { id, name, target, box } = row;
  const secret = box === null ? null : app.secretBox.open(box, channelPlace(organizationId, id));
  return { id, name, target, secret };
}

export function presentChannel(row: ChannelRow): AlertChannel {
  const { id, name, target, enabled, severities, lastAt } = row;
  return {
    id,
    name,
    target,
    enabled,
    severities,
    last:
      lastAt === null
        ? null
        : { at: lastAt.toISOString(), ok: row.lastOk ?? false, detail: row.lastDetail ?? '' },
  };
}
