import type { SampleInput, SampleSet } from '../sample.ts';

const order = ({ now, id }: SampleInput, topic: string, status: string) => ({
  headers: {
    'X-WC-Webhook-Topic': topic,
    'X-WC-Webhook-Resource': 'order',
    'X-WC-Webhook-Event': topic.split('.')[1]!,
    'X-WC-Webhook-Source': 'https://shop.example.com/',
    'X-WC-Webhook-ID': '7',
    'X-WC-Webhook-Delivery-ID': id,
  },
  body: {
    id: 727,
    status,
    currency: 'EUR',
    total: '49.00',
    date_created_gmt: new Date(now).toISOString().slice(0, 19),
    billing: { first_name: 'Ada', last_name: 'Example', email: 'ada@example.com' },
    line_items: [{ id: 315, name: 'Job post, 30 days', quantity: 1, total: '49.00' }],
  },
});

export const woocommerceSamples: SampleSet = {
  slugs: ['woocommerce'],
  events: {
    'order.created': (input) => order(input, 'order.created', 'processing'),
    'order.updated': (input) => order(input, 'order.updated', 'completed'),
  },
};
