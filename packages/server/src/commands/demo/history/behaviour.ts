import type { BrowserEvent, TrackedPage } from '@trunkline/contract/tracking-plan';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import type { Ctx, Tx } from '../../../ctx.ts';
import { tenantTransaction } from '../../../db/tenant.ts';
import { storeEvents, trackedActorOf } from '../../../modules/insights/store-events.ts';
import type { EventToStore } from '../../../modules/insights/store-events.ts';
import { ctxAt, dayMs, hourMs } from './past.ts';

const days = 60;

/** A member, and how often they come on a working day. */
export interface Regular {
  ctx: Ctx;
  visitsADay: number;
  pages: readonly TrackedPage[];
}

const everyday = ['integrations', 'health', 'webhooks', 'logs'] as const;
/** Where people of each role go; some pages nobody opens. */
export const usualPages = {
  system_admin: [...everyday, 'api_key', 'audit', 'members', 'usage', 'failover', 'alerts'],
  utility_admin: [
    ...everyday,
    ...everyday,
    'integration',
    'webhook',
    'alerts',
    'dead_letters',
    'events',
    'runbooks',
  ],
  viewer: ['integrations', 'health', 'health', 'logs', 'usage'],
} as const satisfies Record<string, readonly TrackedPage[]>;

const categories: readonly ProviderCategory[] = [
  'email',
  'chat',
  'email',
  'calendar',
  'crm',
  'job-boards',
  'hris',
];
const wishes = ['hubspot', 'salesforce', 'zoom', 'docusign', 'slack', 'stripe'];

/**
 * Writes what people did in the past weeks, through the same function that records it (docs/tracking.md).
 *
 * @param providers slugs that the organization has connected
 */
export async function writeBehaviour(
  organizationId: string,
  regulars: readonly Regular[],
  providers: readonly string[],
): Promise<void> {
  const [first] = regulars;
  if (!first) return;
  const { app } = first.ctx;
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    for (let day = days; day > 0; day -= 1) {
      const noon = app.clock() - (app.clock() % dayMs) - day * dayMs + 12 * hourMs;
      const working = new Date(noon).getUTCDay() % 6 !== 0;
      for (const regular of regulars) {
        if (app.random() > regular.visitsADay * (working ? 1 : 0.1)) continue;
        await visit(tx, regular, noon + (app.random() - 0.5) * 8 * hourMs, providers);
      }
    }
  });
}

/** One visit of a few minutes. */
async function visit(
  tx: Tx,
  { ctx, pages }: Regular,
  at: number,
  providers: readonly string[],
): Promise<void> {
  const { random } = ctx.app;
  const chance = (probability: number) => random() < probability;
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const mayEdit = ctx.actor.type === 'user' && ctx.actor.role !== 'viewer';
  let time = Math.round(at);
  const record = async (waitMs: number, device: 'wide' | 'narrow' | null, ...events: EventToStore[]) => {
    time += Math.round(waitMs * (0.5 + random()));
    await storeEvents(ctxAt(ctx, time).app, tx, trackedActorOf(ctx), events, device);
  };
  const device = chance(0.1) ? 'narrow' : 'wide';

  const seen: BrowserEvent[] = [{ event: 'page_viewed', properties: { page: 'integrations' } }];
  seen.push({
    event: 'integration_dashboard_viewed',
    properties: { connected_count: providers.length, available_count: 75 - providers.length },
  });
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const page = one(pages);
    seen.push({ event: 'page_viewed', properties: { page } });
    if (page === 'webhooks' || page === 'webhook') {
      const view = page === 'webhooks' ? 'list' : 'details';
      seen.push({ event: 'webhook_modal_opened', properties: { existing_webhook_count: 4, view } });
    }
    if (page === 'integration') {
      seen.push({
        event: 'integration_status_reviewed',
        properties: {
          status_type: one(['active', 'active', 'error', 'degraded'] as const),
          action_taken: one(['looked', 'looked', 'tested', 'reconnected'] as const),
        },
      });
    }
  }
  await record(20_000, device, ...seen);
  if (chance(0.3)) {
    await record(30_000, device, {
      event: 'category_filtered',
      properties: { category_name: one(categories), results_count: 2 + Math.floor(random() * 9) },
    });
  }
  if (chance(0.25)) {
    const results = chance(0.2) ? 0 : 1 + Math.floor(random() * 5);
    const properties = { term_length: 3 + Math.floor(random() * 9), results_count: results };
    await record(20_000, device, { event: 'catalog_searched', properties });
  }
  if (chance(0.35)) {
    const slug = one([...providers, ...wishes, ...wishes]);
    const status = providers.includes(slug) ? 'connected' : 'available';
    await record(20_000, device, {
      event: 'integration_card_clicked',
      properties: { integration_name: slug, integration_status: status },
    });
    if (mayEdit && chance(0.4)) {
      const worked = chance(0.72);
      const attempt = { event: 'integration_connection_attempted' } as const;
      await record(110_000, null, {
        ...attempt,
        properties: { integration_name: slug, success_status: worked },
      });
      if (!worked && chance(0.6)) {
        const place = chance(0.5) ? 'error' : 'provider';
        await record(15_000, device, {
          event: 'documentation_opened',
          properties: { place, page: 'integrations' },
        });
        await record(160_000, null, {
          ...attempt,
          properties: { integration_name: slug, success_status: true },
        });
      }
    }
  }
  if (mayEdit && chance(0.2)) {
    await record(20_000, null, {
      event: 'integration_health_checked',
      properties: { integration_name: one(providers), health_status: chance(0.8) ? 'ok' : 'problem' },
    });
  }
  if (mayEdit && chance(0.08))
    await refusedForm(record, device, one(['url', 'url', 'events', 'name'] as const));
}

/** Somebody begins a webhook and is told that something is not right. */
async function refusedForm(
  record: (waitMs: number, device: 'wide' | 'narrow', ...events: EventToStore[]) => Promise<void>,
  device: 'wide' | 'narrow',
  field: 'url' | 'events' | 'name',
): Promise<void> {
  await record(
    20_000,
    device,
    { event: 'webhook_modal_opened', properties: { existing_webhook_count: 4, view: 'form' } },
    { event: 'webhook_event_selected', properties: { event_type: 'job.created', webhook_context: 'new' } },
  );
  const error_code = field === 'url' ? 'webhook_url_not_https' : 'form';
  await record(40_000, device, { event: 'webhook_save_failed', properties: { field, error_code } });
}
