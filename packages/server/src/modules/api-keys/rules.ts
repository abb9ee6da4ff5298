import { fieldError } from '../../errors.ts';
import { networkText, parseNetwork } from '../../lib/egress/network.ts';

/** Working scoped keys that an organization may have. */
export const scopedKeysLimit = 100;

/**
 * Networks as they are stored: in CIDR form, one spelling for each, without repeats.
 *
 * @throws AppError `invalid_input` at the wrong one
 */
export function readNetworks(texts: readonly string[]): string[] {
  const networks = texts.map((text, index) => {
    try {
      return networkText(parseNetwork(text.trim()));
    } catch (error) {
      throw fieldError('invalid_input', `/networks/${index}`, error instanceof Error ? error.message : '');
    }
  });
  return [...new Set(networks)];
}

/** @throws AppError `invalid_input` for a moment that is over */
export function readExpiry(text: string | null, now: number): Date | null {
  if (text === null) return null;
  if (Date.parse(text) > now) return new Date(text);
  throw fieldError('invalid_input', '/expiresAt', 'It is in the past.');
}
