import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WebhookVerificationError, verifyWebhook } from './verify-webhook.ts';
import type { VerificationFailure, VerifyOptions } from './verify-webhook.ts';

const now = Date.parse('2026-11-29T10:00:00Z');
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const secret = newSecret();
const body =
  '{"id":"evt_1","type":"job.created","timestamp":"2026-11-29T09:59:59Z","data":{"title":"Grüße"}}';

/** As the product signs, written out independently of it. */
function sign(text: string, { by = secret, id = 'evt_1', at = now / 1000 } = {}): Record<string, string> {
  const key = Buffer.from(by.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${text}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}

const verify = (change: Partial<VerifyOptions> = {}) =>
  verifyWebhook({ body, headers: sign(body), secret, now, ...change });

async function reasonOf(change: Partial<VerifyOptions>): Promise<VerificationFailure> {
  const error: unknown = await verify(change).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WebhookVerificationError);
  return (error as WebhookVerificationError).reason;
}

describe('verifyWebhook', () => {
  it('gives the event of a genuine request, whatever form body and headers have', async () => {
    const event = {
      id: 'evt_1',
      type: 'job.created',
      timestamp: '2026-11-29T09:59:59Z',
      data: { title: 'Grüße' },
    };
    expect(await verify()).toEqual(event);
    expect(await verify({ body: new TextEncoder().encode(body), headers: new Headers(sign(body)) })).toEqual(
      event,
    );
    const upper = Object.fromEntries(
      Object.entries(sign(body)).map(([name, value]) => [name.toUpperCase(), [value]]),
    );
    expect(await verify({ headers: upper, secret: secret.replace('whsec_', '') })).toEqual(event);
  });

  it('takes either secret while one follows another, on both sides', async () => {
    const next = newSecret();
    expect(await verify({ secret: [next, secret] })).toMatchObject({ id: 'evt_1' });
    const both = `${sign(body, { by: next })['webhook-signature']} v1a,xyz ${sign(body)['webhook-signature']}`;
    expect(await verify({ headers: { ...sign(body), 'webhook-signature': both } })).toMatchObject({
      id: 'evt_1',
    });
  });

  it('refuses what was changed, signed by another, or not signed', async () => {
    expect(await reasonOf({ body: body.replace('JOB', 'X').replace('job', 'jop') })).toBe('signature');
    expect(await reasonOf({ headers: { ...sign(body), 'webhook-id': 'evt_2' } })).toBe('signature');
    expect(await reasonOf({ headers: sign(body, { by: newSecret() }) })).toBe('signature');
    expect(await reasonOf({ headers: { ...sign(body), 'webhook-signature': 'v1, v2,abc' } })).toBe(
      'signature',
    );
    const { 'webhook-signature': _, ...unsigned } = sign(body);
    expect(await reasonOf({ headers: unsigned })).toBe('headers');
    expect(await reasonOf({ headers: { ...sign(body), 'webhook-timestamp': 'soon' } })).toBe('headers');
    expect(await reasonOf({ body: 'no event', headers: sign('no event') })).toBe('body');
  });

  it('refuses what is too old or from the future', async () => {
    const at = (seconds: number) => ({ headers: sign(body, { at: now / 1000 + seconds }) });
    for (const seconds of [-301, 301]) expect(await reasonOf(at(seconds))).toBe('time');
    for (const seconds of [-300, 300]) expect(await verify(at(seconds))).toMatchObject({ id: 'evt_1' });
    expect(await reasonOf({ ...at(-20), toleranceSeconds: 10 })).toBe('time');
  });

  it('says that a secret is none', async () => {
    for (const wrong of ['', 'whsec_', 'whsec_§', 'whsec_c2hvcnQ=']) {
      await expect(verify({ secret: wrong })).rejects.toThrow(TypeError);
    }
  });
});
