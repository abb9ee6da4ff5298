import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { renderTracking } from './render-tracking.ts';
import { BrowserEvent, trackedEventNames, trackingPlan } from './tracking-plan.ts';

const page = new URL('../../../docs/tracking.md', import.meta.url);
const hint =
  'docs/tracking.md is out of date: run UPDATE_DOCS=1 npx vitest run packages/contract/src/render-tracking.test.ts';

describe('docs/tracking.md', () => {
  it('is what the plan says', async () => {
    const expected = renderTracking();
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, expected);
    const current = await readFile(page, 'utf8').catch(() => '');
    expect(current === expected ? 'up to date' : hint).toBe('up to date');
  });
});

describe('the plan', () => {
  it('has every event of section 12 with the properties that it names', () => {
    const planned = trackedEventNames
      .filter((name) => trackingPlan[name].planned)
      .map((name) => [name, Object.keys(trackingPlan[name].properties.shape)]);
    // Who and when are columns of their own.
    expect(Object.fromEntries(planned)).toEqual({
      api_key_viewed: ['key_masked_length'],
      api_key_copied: ['copy_method'],
      api_key_regenerated: ['confirmation_time'],
      webhook_modal_opened: ['existing_webhook_count', 'view'],
      webhook_added: ['url_domain', 'events_selected', 'validation_time'],
      webhook_toggled: ['webhook_id', 'new_status'],
      integration_health_checked: ['integration_name', 'health_status'],
      integration_dashboard_viewed: ['connected_count', 'available_count'],
      integration_card_clicked: ['integration_name', 'integration_status'],
      category_filtered: ['category_name', 'results_count'],
      integration_connection_attempted: ['integration_name', 'success_status'],
      webhook_event_selected: ['event_type', 'webhook_context'],
      integration_status_reviewed: ['status_type', 'action_taken'],
    });
  });

  it('lets a browser send only what browsers record, word for word', () => {
    const takes = (event: unknown) => BrowserEvent.safeParse(event).success;
    expect(takes({ event: 'page_viewed', properties: { page: 'webhooks' } })).toBe(true);
    expect(takes({ event: 'page_viewed', properties: { page: 'https://example.com' } })).toBe(false);
    expect(takes({ event: 'page_viewed', properties: { page: 'webhooks', title: 'Pay' } })).toBe(false);
    expect(takes({ event: 'page_viewed', properties: { page: 'webhooks' }, note: 'x' })).toBe(false);
    expect(takes({ event: 'api_key_viewed', properties: { key_masked_length: 3 } })).toBe(false);
    const typed = { event_type: 'job.created', webhook_context: 'new' };
    expect(takes({ event: 'webhook_event_selected', properties: typed })).toBe(true);
    const free = { event_type: 'a secret', webhook_context: 'new' };
    expect(takes({ event: 'webhook_event_selected', properties: free })).toBe(false);
  });

  it('has no property that takes free text', () => {
    const sentence = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc is my key';
    const free = trackedEventNames.flatMap((name) =>
      Object.entries(trackingPlan[name].properties.shape)
        // The host of a URL that was checked; nobody types it into this field.
        .filter(([property, shape]) => property !== 'url_domain' && shape.safeParse(sentence).success)
        .map(([property]) => `${name}.${property}`),
    );
    expect(free).toEqual([]);
  });
});
