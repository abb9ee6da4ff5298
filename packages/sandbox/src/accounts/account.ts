import { createPublicKey } from 'node:crypto';
import type { SandboxField, SandboxProvider } from '../definition.ts';
import { textFor } from './from-pattern.ts';
import { ecdsaKey, ed25519Key, ed25519Public, openSshPrivateKey, selfSignedCertificate } from './keys.ts';
import { numbersOf, seedOf, textOf } from './seed.ts';

/** The one account that a simulated provider has. */
export interface SandboxAccount {
  slug: string;
  name: string;
  /**
   * What one enters to connect, by the field's key, for every way of connecting: always the same values. Optional
   * fields have one when they are a secret or belong to webhooks.
   */
  values: Readonly<Record<string, string>>;
  /** The values that are secrets. */
  secrets: ReadonlySet<string>;
}

/** The account of a provider, with values that its own patterns accept. */
export function accountOf(provider: SandboxProvider): SandboxAccount {
  const fields = provider.auth.flatMap((auth) => [...auth.fields]);
  const wanted = fields.filter(
    (field) =>
      !field.optional ||
      field.secret ||
      field.key === provider.inbound?.key ||
      field.key.startsWith('webhook'),
  );
  const entries = wanted.map((field) => [field.key, valueOf(provider, field)] as const);
  return {
    slug: provider.slug,
    name: provider.name,
    values: Object.fromEntries(entries),
    secrets: new Set(wanted.filter((field) => field.secret).map((field) => valueOf(provider, field))),
  };
}

/** The private key with which a provider signs its webhooks, where the receiver holds the public half. */
export function signingKeyOf(provider: SandboxProvider) {
  const seed = seedOf(`${provider.slug}:webhooks`);
  return provider.inbound?.algorithm === 'ed25519' ? ed25519Key(seed) : ecdsaKey(seed);
}

function valueOf(provider: SandboxProvider, field: SandboxField): string {
  const { slug, inbound } = provider;
  const name = `${slug}:${field.key}`;
  const [option] = field.options;
  if (option !== undefined) return option;
  if (field.key === inbound?.key && inbound.algorithm === 'ed25519')
    return ed25519Public(signingKeyOf(provider)).toString('hex');
  if (field.key === inbound?.key && inbound.algorithm === 'ecdsa-p256-sha256')
    return createPublicKey(signingKeyOf(provider)).export({ format: 'der', type: 'spki' }).toString('base64');
  const stored = pemOf(provider, field);
  if (stored !== null) return stored;
  const { example, pattern } = field;
  if (!field.secret && example !== null && (pattern?.test(example) ?? true)) return example;
  return pattern ? textFor(pattern, numbersOf(name)) : textOf(name, 40);
}

/** Keys and certificates in PEM are recognized by their example. */
function pemOf({ slug }: SandboxProvider, { key, example }: SandboxField): string | null {
  if (example?.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----'))
    return openSshPrivateKey(seedOf(`${slug}:${key}`));
  const pair = ed25519Key(seedOf(`${slug}:pair`));
  if (example?.startsWith('-----BEGIN PRIVATE KEY-----'))
    return pair.export({ format: 'pem', type: 'pkcs8' }).toString();
  return example?.startsWith('-----BEGIN CERTIFICATE-----')
    ? selfSignedCertificate(pair, `${slug}.example`)
    : null;
}
