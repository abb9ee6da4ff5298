import { passingOn } from './inbound-parts.ts';

/** Named by its topic: `order.created`. */
export const normalizeWoocommerce = passingOn(
  (_payload, { headers }) => headers['x-wc-webhook-topic'],
  (_payload, { headers }) => [headers['x-wc-webhook-id'], headers['x-wc-webhook-delivery-id']],
);
