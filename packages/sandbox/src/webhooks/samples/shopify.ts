import { uuidOf } from '../sample.ts';
import type { SampleSet } from '../sample.ts';

export const shopifySamples: SampleSet = {
  slugs: ['shopify'],
  events: {
    'orders/create': ({ now, id, values }) => ({
      headers: {
        'X-Shopify-Topic': 'orders/create',
        'X-Shopify-Shop-Domain': `${values['shop']}.myshopify.com`,
        'X-Shopify-Webhook-Id': uuidOf(id),
        'X-Shopify-Event-Id': uuidOf(`e${id}`),
        'X-Shopify-Triggered-At': new Date(now).toISOString(),
        'X-Shopify-API-Version': '2026-10',
      },
      body: {
        id: 820982911946154,
        email: 'ada@example.com',
        created_at: new Date(now).toISOString(),
        currency: 'USD',
        financial_status: 'paid',
        name: '#1001',
        total_price: '49.00',
        line_items: [{ id: 1, title: 'Job post, 30 days', quantity: 1, price: '49.00' }],
      },
    }),
  },
};
