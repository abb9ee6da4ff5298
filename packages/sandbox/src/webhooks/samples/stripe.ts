import type { SampleInput, SampleSet } from '../sample.ts';

const event = ({ now, id }: SampleInput, type: string, object: object) => ({
  body: {
    id: `evt_${id}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(now / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${id.slice(0, 14)}`, idempotency_key: null },
    type,
  },
});

export const stripeSamples: SampleSet = {
  slugs: ['stripe', 'stripe-connect'],
  events: {
    'invoice.payment_failed': (input) =>
      event(input, 'invoice.payment_failed', {
        id: `in_${input.id}`,
        object: 'invoice',
        amount_due: 4900,
        amount_paid: 0,
        attempt_count: 1,
        currency: 'usd',
        customer: 'cus_SandboxAda',
        customer_email: 'ada@example.com',
        status: 'open',
      }),
    'customer.created': (input) =>
      event(input, 'customer.created', {
        id: `cus_${input.id}`,
        object: 'customer',
        created: Math.floor(input.now / 1000),
        email: 'ada@example.com',
        name: 'Ada Example',
      }),
  },
};
