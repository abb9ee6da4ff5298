import { createHmac } from 'node:crypto';

export interface SumsubRequest {
  method: string;
  /** Path and query, exactly as they are sent. */
  path: string;
  body: string | Buffer | null;
  appToken: string;
  secretKey: string;
  /** May differ from Sumsub's clock by less than a minute. */
  at: Date;
}

/** The headers that sign a call to Sumsub: HMAC-SHA256 over time, method, path with query, and the bytes of the body. */
export function signSumsubRequest(request: SumsubRequest): Record<string, string> {
  const { method, path, body, appToken, secretKey, at } = request;
  const seconds = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', secretKey)
    .update(seconds + method.toUpperCase() + path)
    .update(body ?? '')
    .digest('hex');
  return { 'x-app-token': appToken, 'x-app-access-ts': seconds, 'x-app-access-sig': signature };
}
