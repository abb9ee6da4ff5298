import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Of, randomBase62 } from './base62.ts';
import type { RandomBytes } from './random-bytes.ts';

/** What begins a token of each kind. */
const prefixes = { key: 'tl_live_', portal: 'tl_portal_', session: 'tl_session_' } as const;
export type TokenKind = keyof typeof prefixes;

const randomLength = 32;
const checksumLength = 6;
const afterPrefix = /^[0-9A-Za-z]{38}$/;

/** Finds tokens in any text, for secret scanners. */
export const tokenPattern = /\btl_(?:live|portal|session)_[0-9A-Za-z]{38}\b/;

/**
 * A new token, by default of an API key: `tl_live_`, 32 random letters and digits (190 bits) and 6 that are the CRC32 of
 * what is before them, so that a mistyped or invented token is recognized without a query.
 */
export function createToken(random: RandomBytes, kind: TokenKind = 'key'): string {
  const body = prefixes[kind] + randomBase62(random, randomLength);
  return body + checksumOf(body);
}

/** Whether the text has the form of a token and its checksum is right; says nothing about its validity. */
export function isWellFormedToken(text: string, kind: TokenKind = 'key'): boolean {
  return isWhole(text, kind) && checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** SHA-256 of a token, for storing and finding it. No salt and no stretching: a token is random enough. */
export function hashToken(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A token for display: prefix, 4 characters, dots, the last 4. Text of any other form becomes dots only. */
export function maskToken(text: string): string {
  if (!isWhole(text, 'key')) return '••••••';
  return `${text.slice(0, prefixes.key.length + 4)}••••••${text.slice(-4)}`;
}

function isWhole(text: string, kind: TokenKind): boolean {
  const prefix = prefixes[kind];
  return text.startsWith(prefix) && afterPrefix.test(text.slice(prefix.length));
}

function checksumOf(text: string): string {
  return base62Of(crc32(text), checksumLength);
}
