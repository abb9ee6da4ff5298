import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import type { OutputOf } from '@trunkline/contract/operation';
import { listWebhooks } from '@trunkline/contract/webhooks';
import type { PropertiesOf } from '@trunkline/contract/tracking-plan';
import { useEffect } from 'react';
import type { ApiError } from '../../lib/api-error.ts';
import { track } from '../../lib/track.ts';

type Loaded = OutputOf<typeof listWebhooks>;

/** How many webhooks a list that was read has; 0 where none was. */
function knownWebhooks(client: QueryClient): number {
  const lists = client.getQueriesData<Loaded>({ queryKey: [listWebhooks.name] });
  return Math.max(0, ...lists.map(([, list]) => list?.data.length ?? 0));
}

/** Records once that webhooks are looked at, when the page has what it shows. */
export function useWebhookReview(view: PropertiesOf<'webhook_modal_opened'>['view'], ready: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!ready) return;
    track({
      event: 'webhook_modal_opened',
      properties: { existing_webhook_count: knownWebhooks(client), view },
    });
  }, [client, view, ready]);
}

type Field = PropertiesOf<'webhook_save_failed'>['field'];
const fields: readonly Field[] = ['name', 'url', 'events', 'retry', 'flow'];

/** The part of the form that a path such as `flow.ratePerSecond` belongs to. */
function fieldOf(path: string): Field {
  const [first] = path.split('.');
  return fields.find((field) => field === first) ?? 'other';
}

/** Records that the form itself found something wrong. */
export function trackFormErrors(errors: object): void {
  for (const path of Object.keys(errors)) {
    track({ event: 'webhook_save_failed', properties: { field: fieldOf(path), error_code: 'form' } });
  }
}

/** Records that the server refused, by the first field that it names. */
export function trackRefusal({ code, errors }: ApiError): void {
  if (code === 'cancelled') return;
  const [first] = errors;
  const field = fieldOf((first?.pointer ?? '').slice(1).replaceAll('/', '.'));
  track({ event: 'webhook_save_failed', properties: { field, error_code: code } });
}
