import { genericProvider } from '@trunkline/contract/inbound';
import type { InboundSignature } from '@trunkline/contract/inbound';
import { fieldError } from '../../errors.ts';
import { schemeOfSignature } from '../../inbound/scheme-of-signature.ts';
import { randomBase62 } from '../../lib/base62.ts';
import { networkText, parseNetwork } from '../../lib/egress/network.ts';
import type { RandomBytes } from '../../lib/random-bytes.ts';
import { findProvider } from '../../providers/all-providers.ts';
import type { InboundScheme, Provider } from '../../providers/provider.ts';

/* What is decided of a source without asking the database. */

const addressLength = 32;
const keyLength = 40;

/** Makes the last part of a source's URL: nobody finds it by trying. */
export function newAddress(random: RandomBytes): string {
  return randomBase62(random, addressLength);
}

/** Whether a text has the form of an address, so that it may be one. */
export function isAddress(text: string): boolean {
  return /^[0-9A-Za-z]{32}$/.test(text);
}

/** How a generic source is signed unless somebody says otherwise. */
export const usualSignature: InboundSignature = {
  algorithm: 'hmac-sha256',
  header: 'X-Signature',
  encoding: 'hex',
  prefix: 'sha256=',
  timestampHeader: null,
  idHeader: null,
};

/**
 * The provider of a new source; null for a generic one.
 *
 * @throws AppError `invalid_input` for one that sends no webhooks
 */
export function senderOf(slug: string): Provider | null {
  if (slug === genericProvider) return null;
  const provider = findProvider(slug);
  if (!provider) {
    throw fieldError('invalid_input', '/provider', 'There is no such provider. Use `generic` for others.');
  }
  if (provider.inbound === null) {
    const detail = `${provider.name} sends no webhooks. Use \`generic\` for others.`;
    throw fieldError('invalid_input', '/provider', detail);
  }
  return provider;
}

const sharedSecret = {
  label: 'Shared secret',
  help: 'A text that both sides know. The sender signs with it.',
};

/** How what comes to a source is signed; null for a provider that this release does not know any more. */
export function schemeOf(slug: string, signature: InboundSignature | null): InboundScheme | null {
  if (slug !== genericProvider) return findProvider(slug)?.inbound ?? null;
  return { ...schemeOfSignature(signature ?? usualSignature), ownKey: sharedSecret };
}

/** What the provider calls the key, and where it is found. */
export function keyWords(
  slug: string,
  scheme: Pick<InboundScheme, 'key' | 'ownKey'>,
): { label: string; help: string } {
  const fields = findProvider(slug)?.auth.flatMap((auth) => auth.fields) ?? [];
  return scheme.ownKey ?? fields.find(({ key }) => key === scheme.key) ?? { label: '', help: '' };
}

/** Providers whose webhooks are signed with a text that one chooses oneself. */
const choosing = new Set(['github-sha256', 'greenhouse-hmac']);

/** Whether the key is ours to choose, so that it can be made here. */
export function isChosenHere(scheme: Pick<InboundScheme, 'scheme' | 'algorithm' | 'key'>): boolean {
  if (scheme.scheme === genericProvider) return true;
  if (scheme.key === undefined) return false;
  return scheme.algorithm === 'token' || scheme.algorithm === 'basic' || choosing.has(scheme.scheme);
}

/** A new key; for `basic` a name and a password with a colon between. */
export function newKey(random: RandomBytes, algorithm: InboundScheme['algorithm']): string {
  const secret = randomBase62(random, keyLength);
  return algorithm === 'basic' ? `trunkline:${secret}` : secret;
}

/**
 * Networks as they are stored: in CIDR form, one spelling for each, without repeats.
 *
 * @throws AppError `invalid_input` at the wrong one
 */
export function readAllowed(texts: readonly string[]): string[] {
  const networks = texts.map((text, index) => {
    try {
      return networkText(parseNetwork(text.trim()));
    } catch (error) {
      const detail = error instanceof Error ? error.message : '';
      throw fieldError('invalid_input', `/allowedAddresses/${index}`, detail);
    }
  });
  return [...new Set(networks)];
}

/** The event of what nothing else knows. */
export const anyEvent = { eventType: 'inbound.received', label: 'Everything else, as it came' };

/** The events that a source's webhooks become and that can be switched. */
export function switchesOf({
  switches: own = [],
}: Pick<InboundScheme, 'switches'>): readonly { eventType: string; label: string }[] {
  return own.some(({ eventType }) => eventType === anyEvent.eventType) ? own : [...own, anyEvent];
}

/**
 * The types that are off after a change.
 *
 * @throws AppError `invalid_input` for a type that the source does not have
 */
export function switchedOff(
  scheme: Pick<InboundScheme, 'switches'>,
  before: readonly string[],
  changes: Readonly<Record<string, boolean>>,
): string[] {
  const known = switchesOf(scheme).map(({ eventType }) => eventType);
  const unknown = Object.keys(changes).find((type) => !known.includes(type));
  if (unknown !== undefined) {
    throw fieldError('invalid_input', `/switches/${unknown}`, 'This source makes no such events.');
  }
  return known.filter((type) => (type in changes ? !changes[type] : before.includes(type)));
}
