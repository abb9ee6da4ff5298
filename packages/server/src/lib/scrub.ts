import { oneLine } from './one-line.ts';
import { redactSecrets } from './redact.ts';

/** Shorter values would mask parts of ordinary words. */
const fewestCharacters = 4;
const longest = 1_000;

/** Takes known secrets out of a text that the other side wrote. */
export type Scrub = (text: string) => string;

/**
 * Makes a function that masks these secrets wherever they stand in a text, also as base64, in a URL, and as part of the
 * SASL message with which a mail server is logged in to; then whatever else looks like a secret. Control characters
 * become spaces.
 */
export function createScrub(secrets: readonly string[], username = ''): Scrub {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < fewestCharacters) continue;
    const encoded = [secret, `\0${username}\0${secret}`, `${username}:${secret}`].map((text) =>
      Buffer.from(text).toString('base64'),
    );
    for (const form of [secret, encodeURIComponent(secret), ...encoded]) forms.add(form);
    for (const form of encoded) forms.add(form.replace(/=+$/, ''));
  }
  // A longer form may hold a shorter one.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text;
    for (const form of ordered) result = result.replaceAll(form, '[redacted]');
    return redactSecrets(oneLine(result));
  };
}

/** A text for people, cut after a thousand characters. */
export function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
