import type { Delivery, DeliveryDetail } from '@trunkline/contract/deliveries';
import type { RetryPolicy } from '@trunkline/contract/retry';
import type { Webhook, WebhookFlow } from '@trunkline/contract/webhooks';

export type NewWebhook = Webhook & { secret: string };

/** One retry after one second: a failing delivery is a dead letter as soon as the product allows. */
export const quickRetry: RetryPolicy = {
  retryStrategy: 'fixed',
  maxRetries: 1,
  initialDelaySeconds: 1,
  maxDelaySeconds: 1,
  enableJitter: false,
};

/** The machine API of one organization, as its own programs use it. */
export interface MachineApi {
  call<Result>(method: string, path: string, body?: unknown): Promise<Result>;
  createWebhook(input: {
    name: string;
    url: string;
    events?: string[];
    description?: string;
    retry?: RetryPolicy;
    flow?: Partial<WebhookFlow>;
  }): Promise<NewWebhook>;
  send(type: string, data: Record<string, unknown>, subject?: string): Promise<{ id: string }>;
  /** Sends as many events of one type in one request. */
  sendMany(type: string, count: number): Promise<{ id: string }[]>;
  deliveries(webhookId: string, status?: string): Promise<Delivery[]>;
  delivery(id: string): Promise<DeliveryDetail>;
}

/** @param key the organization's API key */
export function machineApi(url: string, key: string): MachineApi {
  async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Result;
  }
  return {
    call,
    createWebhook: ({ events = ['job.created'], ...input }) =>
      call('POST', '/webhooks', { ...input, events }),
    send: (type, data, subject) =>
      call('POST', '/events', { type, data, ...(subject === undefined ? {} : { subject }) }),
    sendMany: (type, count) =>
      call(
        'POST',
        '/events',
        Array.from({ length: count }, (_, index) => ({ type, data: { id: `JOB-${index + 1}` } })),
      ),
    deliveries: async (webhookId, status = 'all') =>
      (await call<{ data: Delivery[] }>('GET', `/webhooks/${webhookId}/deliveries?status=${status}`)).data,
    delivery: (id) => call('GET', `/deliveries/${id}`),
  };
}
