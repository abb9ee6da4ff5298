import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../exchange.ts';

const toleranceSeconds = 60;

/**
 * Says whether a request carries the app token and the signature of Sumsub: the HMAC-SHA256, in hexadecimal, of the
 * seconds, the method, the path with its query, and the body.
 */
export function isSignedForSumsub(
  request: SandboxRequest,
  account: { appToken: string; secretKey: string },
  now: number,
): boolean {
  const { headers, method, path, rawQuery, body } = request;
  const time = headers['x-app-access-ts'] ?? '';
  if (headers['x-app-token'] !== account.appToken) return false;
  if (!/^\d+$/.test(time) || Math.abs(now / 1000 - Number(time)) > toleranceSeconds) return false;
  const address = rawQuery ? `${path}?${rawQuery}` : path;
  const expected = createHmac('sha256', account.secretKey)
    .update(`${time}${method}${address}`)
    .update(body)
    .digest('hex');
  const given = (headers['x-app-access-sig'] ?? '').toLowerCase();
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
