import type { BrowserEvent } from '@trunkline/contract/tracking-plan';
import type { App, Ctx } from '../../../ctx.ts';
import { inOrganization } from '../../../db/tenant.ts';
import { addMember } from '../../../identity/organizations.ts';
import { createApiKey } from '../../../modules/api-keys/create-api-key.ts';
import { regenerateApiKey } from '../../../modules/api-keys/regenerate-api-key.ts';
import { revealApiKey } from '../../../modules/api-keys/reveal-api-key.ts';
import { switchScopedKeys } from '../../../modules/api-keys/switch-scoped-keys.ts';
import { storeEvents, trackedActorOf } from '../../../modules/insights/store-events.ts';
import { updateWebhook } from '../../../modules/webhooks/update-webhook.ts';
import { personContext } from '../connect.ts';
import type { DemoOrganization } from '../organizations.ts';
import { usualPages, writeBehaviour } from './behaviour.ts';
import type { Regular } from './behaviour.ts';
import { ctxAt, dayMs, hourMs } from './past.ts';
import { writeUsageHistory } from './usage.ts';
import type { KeyInUse } from './usage.ts';

/** Days that the demo's organizations have behind them when it starts for the first time. */
export const ageDays = 62;

/**
 * What an organization did before the demo began: acts of its people by the verbs themselves at their time, what the pages
 * recorded, and how its programs used the API. Once, when the organization is made.
 */
export async function writeHistory(
  app: App,
  organizationId: string,
  organization: DemoOrganization,
  password: string,
): Promise<void> {
  const administrator = await personContext(app, organizationId, organization.email);
  const colleagues: Regular[] = [];
  for (const { name, email, role, visitsADay } of organization.colleagues) {
    const { userId } = await app.identity.createUser({ email, name, password });
    await addMember(app.pool, { id: app.newId(), organizationId, userId, role });
    const ctx = await personContext(app, organizationId, email, role);
    colleagues.push({ ctx, visitsADay, pages: usualPages[role] });
  }
  await actAsBefore(administrator);
  const regulars = [{ ctx: administrator, visitsADay: 0.8, pages: usualPages.system_admin }, ...colleagues];
  await writeBehaviour(
    organizationId,
    regulars,
    organization.integrations.map(({ provider }) => provider),
  );
  await writeUsageHistory(app, organizationId, await keysInUse(administrator), organization.apiTraffic);
}

/** The key is shown and replaced, and a webhook is paused for a night. */
async function actAsBefore(ctx: Ctx): Promise<void> {
  const ago = (days: number, hours = 0) => ctxAt(ctx, ctx.app.clock() - days * dayMs + hours * hourMs);
  await revealApiKey(ago(41), { purpose: 'copy' });
  await revealApiKey(ago(34), { purpose: 'show' });
  await regenerateApiKey(ago(34, 2), { graceSeconds: 3_600 });
  await pagesRecord(ago(34, 2), {
    event: 'api_key_regenerated',
    properties: { confirmation_time: 14_200 },
  });
  await pagesRecord(ago(2, 3), { event: 'api_key_copied', properties: { copy_method: 'button' } });
  await pagesRecord(ago(6), { event: 'api_key_copied', properties: { copy_method: 'button_when_shown' } });
  const { rows } = await ctx.app.pool.query<{ id: string }>(
    'SELECT id FROM webhooks WHERE organization_id = $1 ORDER BY id LIMIT 1',
    [ctx.organizationId],
  );
  for (const { id } of rows) {
    await updateWebhook(ago(12), { id, status: 'paused' });
    await updateWebhook(ago(12, 9), { id, status: 'active' });
  }
  await revealApiKey(ago(6), { purpose: 'show' });
  await revealApiKey(ago(2, 3), { purpose: 'copy' });
}

async function pagesRecord(ctx: Ctx, event: BrowserEvent): Promise<void> {
  await inOrganization(ctx, (tx) => storeEvents(ctx.app, tx, trackedActorOf(ctx), [event], 'wide'));
}

/** The organization's own key and two scoped ones, each with its program. */
async function keysInUse(ctx: Ctx): Promise<KeyInUse[]> {
  const past = ctxAt(ctx, ctx.app.clock() - 50 * dayMs);
  await switchScopedKeys(past, { enabled: true });
  const importer = await createApiKey(past, {
    name: 'Nightly import',
    scopes: ['events'],
    networks: [],
    expiresAt: null,
  });
  const reports = await createApiKey(past, {
    name: 'Reports',
    scopes: ['read'],
    networks: [],
    expiresAt: null,
  });
  const { rows } = await ctx.app.pool.query<{ id: string }>(
    'SELECT id FROM api_keys WHERE organization_id = $1 AND expires_at IS NULL',
    [ctx.organizationId],
  );
  return [
    { keyId: rows[0]!.id, part: 0.62, userAgent: 'core-platform/4.12', ip: '10.20.1.14' },
    { keyId: importer.id, part: 0.3, userAgent: 'nightly-import/2.3 node', ip: '10.20.4.7' },
    { keyId: reports.id, part: 0.08, userAgent: 'python-requests/2.32', ip: '10.20.9.31' },
  ];
}
