import type { AlertChannelTarget } from '@trunkline/contract/alert-settings';
import type { App, Tx } from '../../ctx.ts';
import { fieldError, notFound } from '../../errors.ts';
import { checkUrlToSave } from '../../lib/egress/check-url.ts';
import { systemLookup } from '../../lib/egress/guard.ts';

/** A target in the form in which it is stored, and what of it is secret. */
export interface StoredTarget {
  target: AlertChannelTarget;
  /** Undefined: what is stored stays. */
  url?: string;
}

/**
 * Refuses an address that must not be called, before the transaction.
 *
 * @throws AppError `webhook_url_invalid`, `webhook_url_not_https`, `webhook_url_unsafe` or `invalid_input`
 */
export async function checkTarget(
  app: Pick<App, 'egressAllow'>,
  target: AlertChannelTarget,
): Promise<StoredTarget> {
  switch (target.kind) {
    case 'email':
      if (target.addresses.length + target.roles.length === 0) {
        throw fieldError('invalid_input', '/target/addresses', 'Name an address or a role.');
      }
      return { target };
    case 'slack':
      return { target };
    case 'slack_webhook': {
      if (target.url === undefined) return { target };
      return { target: { kind: 'slack_webhook' }, url: await safeUrl(app, target.url) };
    }
    case 'webhook':
      return { target: { kind: 'webhook', url: await safeUrl(app, target.url) } };
  }
}

async function safeUrl(app: Pick<App, 'egressAllow'>, url: string): Promise<string> {
  const check = await checkUrlToSave(url, app.egressAllow, systemLookup);
  if (check.ok) return check.url.href;
  throw fieldError(check.code, '/target/url', check.detail);
}

/** @throws AppError `not_found` unless the integration is one of Slack's that posts */
export async function requireSlack(tx: Tx, target: AlertChannelTarget): Promise<void> {
  if (target.kind !== 'slack') return;
  const rows = await tx.query(
    `SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 AND provider = 'slack'
       AND deleted_at IS NULL`,
    [target.integrationId],
  );
  if (rows.length === 0) throw notFound('Slack integration');
}
