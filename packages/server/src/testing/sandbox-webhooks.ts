import { createPublicKey } from 'node:crypto';
import { signingKeyOf } from '@trunkline/sandbox/accounts/account';
import { samplesOf } from '@trunkline/sandbox/webhooks/sample-sets';
import { signWebhook } from '@trunkline/sandbox/webhooks/sign';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import type { InboundRequest } from '../inbound/types.ts';

const definitions = new Map(sandboxDefinitions().map((definition) => [definition.slug, definition]));

export interface SignedWebhook {
  request: InboundRequest;
  /** What it is verified with. */
  key: string;
}

/** A webhook as the sandbox signs it for a provider, without sending it anywhere. */
export function signedWebhook(
  slug: string,
  options: {
    now: number;
    event?: string;
    secret?: string;
    user?: string;
    url?: string;
    body?: object;
    /** Makes it different from others. */
    id?: string;
  },
): SignedWebhook {
  const { now, secret = 'a-shared-secret-of-the-test', user = 'trunkline', id = 'abc123def456' } = options;
  const definition = definitions.get(slug)!;
  const inbound = definition.inbound!;
  const samples = samplesOf(slug);
  const sample = samples[options.event ?? Object.keys(samples)[0]!]!({ now, id, values: {} });
  const content = options.body ?? sample.body;
  const isForm = content instanceof URLSearchParams;
  const privateKey = signingKeyOf(definition);
  const { method, url, headers, body } = signWebhook(
    inbound,
    {
      method: 'POST',
      url: options.url ?? `https://hub.example.com/webhooks/${slug}/1`,
      headers: {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        ...sample.headers,
      },
      body: isForm ? content.toString() : JSON.stringify(content),
    },
    { secret, privateKey, user },
    now,
    id,
  );
  const lower = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
  const shown = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const keys: Partial<Record<typeof inbound.algorithm, string>> = {
    ed25519: shown.subarray(-32).toString('hex'),
    'ecdsa-p256-sha256': shown.toString('base64'),
  };
  return {
    request: { method, url, headers: lower, body: Buffer.from(body) },
    key: keys[inbound.algorithm] ?? secret,
  };
}
