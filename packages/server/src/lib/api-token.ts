import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Of, randomBase62 } from './base62.ts';
import type { RandomBytes } from './random-bytes.ts';

const prefix = 'tl_live_';
const randomLength = 32;
const checksumLength = 6;
const wholeToken = /^tl_live_[0-9A-Za-z]{38}$/;

/** Finds API tokens in any text, for secret scanners. */
export const tokenPattern = /\btl_live_[0-9A-Za-z]{38}\b/;

/**
 * A new API token: `tl_live_`, 32 random letters and digits (190 bits) and 6 that are the CRC32 of what is
 * before them, so that a mistyped or invented token is recognized without a query.
 */
export function createToken(random: RandomBytes): string {
  const body = prefix + randomBase62(random, randomLength);
  return body + checksumOf(body);
}

/** Whether the text has the form of a token and its checksum is right; says nothing about its validity. */
export function isWellFormedToken(text: string): boolean {
  return wholeToken.test(text) && checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** SHA-256 of a token, for storing and finding it. No salt and no stretching: a token is random enough. */
export function hashToken(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A token for display: prefix, 4 characters, dots, the last 4. Text of any other form becomes dots only. */
export function maskToken(text: string): string {
  if (!wholeToken.test(text)) return '••••••';
  return `${text.slice(0, prefix.length + 4)}••••••${text.slice(-4)}`;
}

function checksumOf(text: string): string {
  return base62Of(crc32(text), checksumLength);
}
