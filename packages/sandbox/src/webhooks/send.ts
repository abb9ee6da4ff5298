import { randomBytes } from 'node:crypto';
import { signingKeyOf } from '../accounts/account.ts';
import type { SandboxAccount } from '../accounts/account.ts';
import type { SandboxProvider } from '../definition.ts';
import { samplesOf } from './sample-sets.ts';
import { signWebhook } from './sign.ts';

export interface SendWebhookOptions {
  /** Where it is sent to: an address of this machine. */
  url: string;
  /** The address that the provider was told, where it differs; some sign it. */
  publicUrl?: string;
  /** The shared secret; without it, the one of the simulated account. */
  secretOrKey?: string;
  /** Name of a sample event; without it, the usual one. */
  event?: string;
  /** Sent as JSON instead of the sample. */
  body?: object;
}

export interface SentWebhook {
  event: string;
  request: { url: string; headers: Record<string, string>; body: string };
  status: number;
  responseBody: string;
}

/** The names of the events that can be sent; empty when the provider sends none or in a way that is not played. */
export function webhookEventsOf(provider: SandboxProvider): string[] {
  const { inbound } = provider;
  return inbound === null || notPlayed.has(inbound.scheme) ? [] : Object.keys(samplesOf(provider.slug));
}

/** Signed with keys that Amazon and Google publish at their own addresses, or by whoever receives the mail. */
const notPlayed = new Set(['aws-sns', 'google-pubsub-oidc', 'depends-on-receiver']);

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Sends a webhook as the provider does, correctly signed, to an address of this machine.
 *
 * @throws Error when the provider sends none, the event is not known, the address is another machine's, or nobody
 * listens there
 */
export async function sendWebhook(
  provider: SandboxProvider,
  account: SandboxAccount,
  options: SendWebhookOptions,
  clock: () => number,
): Promise<SentWebhook> {
  const [usual] = webhookEventsOf(provider);
  if (provider.inbound === null || usual === undefined)
    throw new Error(`The sandbox sends no webhooks of ${provider.name}.`);
  if (!loopback.test(new URL(options.url).hostname))
    throw new Error('Webhooks go to addresses of this machine only.');
  const event = options.event ?? usual;
  const make = samplesOf(provider.slug)[event];
  if (!make) throw new Error(`${provider.name} has no sample event ${event}.`);
  const now = clock();
  const id = randomBytes(12).toString('hex');
  const sample = make({ now, id, values: account.values });
  const content = options.body ?? sample.body;
  const isForm = content instanceof URLSearchParams;
  const told = options.publicUrl ?? options.url;
  const signed = signWebhook(
    provider.inbound,
    {
      method: 'POST',
      url: told,
      headers: {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        ...sample.headers,
      },
      body: isForm ? content.toString() : JSON.stringify(content),
    },
    {
      secret: options.secretOrKey ?? account.values[provider.inbound.key ?? ''] ?? '',
      privateKey: signingKeyOf(provider),
      user: account.values['webhookUser'] ?? account.values['apiKey'] ?? '',
    },
    now,
    id,
  );
  // What signing has added to the address has to arrive too.
  const target = new URL(options.url);
  for (const [name, value] of new URL(signed.url).searchParams) target.searchParams.set(name, value);
  const response = await fetch(target, {
    method: 'POST',
    headers: signed.headers,
    body: signed.body,
    redirect: 'manual',
  });
  return {
    event,
    request: { url: target.href, headers: signed.headers, body: signed.body },
    status: response.status,
    responseBody: (await response.text()).slice(0, 10_000),
  };
}
