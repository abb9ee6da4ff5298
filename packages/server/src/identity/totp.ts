import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from './uuid.ts';

/*
 * Time-based one-time passwords (RFC 6238) as authenticator apps expect them: SHA-1, six digits, steps of thirty
 * seconds, a secret of twenty bytes in base32.
 */

const stepMs = 30_000;
const digits = 6;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Clocks of telephones are off by seconds: the step before and the one after count too. */
const drift = 1;

/** A new secret in base32, 160 bits as RFC 4226 recommends. */
export function createTotpSecret(random: RandomBytes): string {
  return toBase32(random(20));
}

/** Number of the time step of an instant. */
export function totpStep(now: number): number {
  return Math.floor(now / stepMs);
}

/** The code of one time step. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return ((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).toString().padStart(digits, '0');
}

/**
 * The time step that a code is of, if it is one of now, and after the last one that was taken; null otherwise.
 *
 * @param code as it was typed; spaces are left out
 */
export function matchTotp(secret: string, code: string, now: number, lastStep: number): number | null {
  const typed = Buffer.from(code.replace(/\s/g, ''));
  const current = totpStep(now);
  for (let step = current - drift; step <= current + drift; step += 1) {
    const expected = Buffer.from(totpCode(secret, step));
    if (step > lastStep && typed.length === expected.length && timingSafeEqual(typed, expected)) return step;
  }
  return null;
}

/** What an authenticator app reads from the QR code. */
export function totpUri(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

function toBase32(bytes: Uint8Array): string {
  let [text, bits, value] = ['', 0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet.charAt((value >>> (bits - 5)) & 31);
    value &= 0xff;
  }
  return text;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const sign of text) {
    value = ((value << 5) | alphabet.indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bytes.push((value >>> (bits - 8)) & 0xff);
      bits -= 8;
    }
  }
  return Buffer.from(bytes);
}
