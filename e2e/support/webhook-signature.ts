import { createHmac } from 'node:crypto';
import type { ReceivedRequest } from './receiver.ts';

/** The `webhook-signature` that Standard Webhooks asks for, computed from the secret as a receiver does. */
export function expectedSignature(secret: string, { headers, body }: ReceivedRequest): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
