// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { BrowserEvent } from '@trunkline/contract/tracking-plan';
import { BrowserEvent as shape } from '@trunkline/contract/tracking-plan';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeyPage } from '../features/api-key/ApiKeyPage.tsx';
import { IntegrationToggle } from '../features/integrations/IntegrationToggle.tsx';
import { useTrackedSearch } from '../features/integrations/use-tracked-search.ts';
import { EventPicker } from '../features/webhooks/EventPicker.tsx';
import { trackFormErrors, trackRefusal, useWebhookReview } from '../features/webhooks/track-webhooks.ts';
import { useTracking } from '../shell/use-tracking.ts';
import { apiKey } from '../testing/sample-api-key.ts';
import { hide, serve, show } from '../testing/show.tsx';
import type { Call } from '../testing/show.tsx';
import { ApiError } from './api-error.ts';
import { sendWaiting, setRecording } from './track.ts';

const { id } = apiKey;
const type = (name: string, own: boolean) => ({
  name,
  own,
  group: 'Jobs',
  description: name,
  deprecated: false,
});

let calls: Call[];

beforeEach(() => {
  calls = serve({
    'apiKeys.getApiKey': () => apiKey,
    'apiKeys.getLimits': () => ({ installation: null, own: {}, effective: null, use: null }),
    'apiKeys.listApiKeys': () => ({ enabled: false, keys: [] }),
    'apiKeys.revealApiKey': () => ({ key: 'tl_live_the_whole_key' }),
    'apiKeys.regenerateApiKey': () => ({ ...apiKey, key: 'tl_live_a_new_key' }),
    'integrations.updateIntegration': () => ({ id }),
    'integrations.listEventTypes': () => ({
      data: [type('job.created', false), type('merger.planned', true)],
    }),
    'insights.getTracking': () => ({ enabled: true, installation: true, recording: true }),
    'insights.recordInteractions': () => ({ recorded: 1 }),
  });
  setRecording(true);
});
afterEach(hide);

/** What the page has recorded since the last time, each by the plan. */
function recorded(): BrowserEvent[] {
  sendWaiting();
  const batches = calls
    .splice(0)
    .filter(([procedure]) => procedure === 'insights.recordInteractions')
    .map(([, input]) => (input as { events: BrowserEvent[] }).events);
  return batches.flat().map((event) => shape.parse(event));
}

const click = async (name: string | RegExp) => userEvent.click(await screen.findByRole('button', { name }));

describe('what is done in a page is recorded as the plan has it', () => {
  it('api_key_copied: by which way, and never the key', async () => {
    show(ApiKeyPage);
    userEvent.setup();
    await click('Copy');
    await screen.findByRole('button', { name: 'Copied' });
    await click('Show');
    await screen.findByText('tl_live_the_whole_key');
    await click(/^(Copy|Copied)$/);
    await waitFor(() => expect(calls.length).toBeGreaterThan(0));
    const shown = screen.getByTestId('secret-value');
    shown.dispatchEvent(new Event('copy', { bubbles: true }));
    await waitFor(() => undefined);
    expect(recorded()).toEqual(
      (['button', 'button_when_shown', 'selection'] as const).map((copy_method) => ({
        event: 'api_key_copied',
        properties: { copy_method },
      })),
    );
  });

  it('api_key_regenerated: how long the question was thought over', async () => {
    show(ApiKeyPage);
    await click('Regenerate');
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('button', { name: 'Regenerate' }));
    await screen.findByText('tl_live_a_new_key');
    const [event, ...others] = recorded();
    expect(others).toEqual([]);
    expect(event).toEqual({
      event: 'api_key_regenerated',
      properties: { confirmation_time: expect.any(Number) as number },
    });
  });

  it.each(['list', 'details', 'form'] as const)('webhook_modal_opened: once for the %s', async (view) => {
    function View() {
      useWebhookReview(view, true);
      return <p>webhooks</p>;
    }
    show(View);
    await screen.findByText('webhooks');
    expect(recorded()).toEqual([
      { event: 'webhook_modal_opened', properties: { existing_webhook_count: 0, view } },
    ]);
  });

  it('webhook_event_selected: types of the catalog by name, own ones as own, and nothing when one is taken away', async () => {
    let picked: readonly string[] = [];
    function Picker() {
      return <EventPicker value={picked} onChange={(next) => (picked = next)} context="edit" />;
    }
    show(Picker);
    await userEvent.click(await screen.findByRole('checkbox', { name: 'job.created' }));
    await userEvent.click(screen.getByRole('checkbox', { name: 'merger.planned' }));
    expect(recorded()).toEqual([
      { event: 'webhook_event_selected', properties: { event_type: 'job.created', webhook_context: 'edit' } },
      { event: 'webhook_event_selected', properties: { event_type: 'own', webhook_context: 'edit' } },
    ]);
    hide();
    calls = serve({ 'integrations.listEventTypes': () => ({ data: [type('job.created', false)] }) });
    setRecording(true);
    picked = ['job.created'];
    show(Picker);
    await userEvent.click(await screen.findByRole('checkbox', { name: 'job.created' }));
    expect(recorded()).toEqual([]);
  });

  it('webhook_save_failed: the part of the form and the reason, by the form and by the server', () => {
    trackFormErrors({ url: 'x', 'flow.ratePerSecond': 'x', secret: 'x' });
    trackRefusal(
      new ApiError({ code: 'webhook_url_unsafe', detail: 'x', errors: [{ pointer: '/url', detail: 'x' }] }),
    );
    trackRefusal(new ApiError({ code: 'cancelled', detail: 'x' }));
    const failed = (field: string, error_code: string) => ({
      event: 'webhook_save_failed',
      properties: { field, error_code },
    });
    expect(recorded()).toEqual([
      failed('url', 'form'),
      failed('flow', 'form'),
      failed('other', 'form'),
      failed('url', 'webhook_url_unsafe'),
    ]);
  });

  it('catalog_searched: how long the words are and how much was found, once they rest', async () => {
    function Search() {
      useTrackedSearch('payroll', 3);
      return <p>catalog</p>;
    }
    show(Search);
    await screen.findByText('catalog');
    const events: BrowserEvent[] = [];
    await waitFor(
      () => {
        events.push(...recorded());
        expect(events).toEqual([
          { event: 'catalog_searched', properties: { term_length: 7, results_count: 3 } },
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it('integration_status_reviewed: what is switched, with the status it had', async () => {
    const integration = { id, name: 'Slack', enabled: true, status: 'error' } as const;
    show(() => <IntegrationToggle integration={integration} />);
    await userEvent.click(await screen.findByRole('switch', { name: 'Slack on' }));
    expect(recorded()).toEqual([
      {
        event: 'integration_status_reviewed',
        properties: { status_type: 'error', action_taken: 'switched' },
      },
    ]);
  });

  it('page_viewed and documentation_opened: the page, and where a link to documentation led', async () => {
    function Page() {
      useTracking('organization');
      return (
        <>
          {['/docs', '/docs/errors/not_found', 'https://docs.slack.dev', '/webhooks'].map((href) => (
            <a key={href} href={href} onClick={(event) => event.preventDefault()}>
              {href}
            </a>
          ))}
        </>
      );
    }
    show(Page, '/usage');
    for (const link of await screen.findAllByRole('link')) await userEvent.click(link);
    const events: BrowserEvent[] = [];
    await waitFor(() => {
      events.push(...recorded());
      expect(events).toEqual([
        { event: 'page_viewed', properties: { page: 'usage' } },
        ...(['api_reference', 'error', 'provider'] as const).map((place) => ({
          event: 'documentation_opened',
          properties: { place, page: 'usage' },
        })),
      ]);
    });
  });
});
