import { passingOn } from './inbound-parts.ts';

/** Named by its topic: `orders/create`. */
export const normalizeShopify = passingOn(
  (_payload, { headers }) => headers['x-shopify-topic'],
  (_payload, { headers }) => [headers['x-shopify-webhook-id']],
);
