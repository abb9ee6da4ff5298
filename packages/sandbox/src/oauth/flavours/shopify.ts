import { createHmac } from 'node:crypto';
import { hexOf } from '../seed.ts';
import type { Flavour } from '../side.ts';
import { without } from '../without.ts';

const refreshTokenLife = 7_776_000;

/** Shopify: every shop by itself, a signed way back, and tokens without an end unless `expiring=1` asks for one. */
export const shopify: Flavour = {
  credentials: (name) => ({
    clientId: hexOf(name, 32),
    clientSecret: `shpss_${hexOf(`${name}:secret`, 32)}`,
  }),
  prefixes: { access: 'shpat_', refresh: 'shprt_' },
  impliedResponseType: true,
  refreshTokenOnRequest: (parameters) => parameters.get('expiring') === '1',
  extendRedirect(parameters, { client, place, now }) {
    const shop = `${place['shop']}.myshopify.com`;
    parameters.set('shop', shop);
    parameters.set('host', Buffer.from(`${shop}/admin`).toString('base64url'));
    parameters.set('timestamp', String(Math.floor(now / 1000)));
    const sorted = new URLSearchParams(parameters);
    sorted.sort();
    const signed = [...sorted].map(([name, value]) => `${name}=${value}`);
    parameters.set('hmac', createHmac('sha256', client.clientSecret).update(signed.join('&')).digest('hex'));
  },
  answer: (standard, { refreshToken }) => ({
    ...without(standard, 'token_type'),
    ...(refreshToken === null ? {} : { refresh_token_expires_in: refreshTokenLife }),
  }),
};
