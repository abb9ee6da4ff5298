import { oneLine, plainLines } from '../lib/one-line.ts';
import { redactSecrets } from '../lib/redact.ts';
import type { LogDetails, LogError } from './log-line.ts';

const longest = { message: 500, event: 80, value: 300, key: 40, error: 1_000, stack: 4_000 };
const mostKeys = 20;

/** Names under which a body or a secret would travel; a writer that uses one loses the value. */
const refused =
  /^(?:body|content|payload|html|text|raw|data|headers?|cookies?|authorization)$|(?:secret|token|password|passphrase|credentials?|(?:api|access|private)[-_]?key)$/i;

/** A text as it may be stored: without what looks like a secret, without control characters, cut. */
export function cleanText(text: string, limit: number, keepLines = false): string {
  // Cut first, a little later than at the limit, so that a huge text costs no more than a long one.
  const start = text.slice(0, limit * 2);
  const plain = keepLines ? plainLines(start) : oneLine(start);
  const clean = redactSecrets(plain).replace(/\p{Cs}/gu, '\uFFFD');
  return clean.length > limit ? `${clean.slice(0, limit).replace(/\p{Cs}$/u, '')}…` : clean;
}

export const cleanMessage = (text: string): string => cleanText(text, longest.message);
export const cleanEvent = (text: string): string => cleanText(text, longest.event);

function cleanError(error: LogError): LogError {
  return {
    ...(error.code === undefined ? {} : { code: cleanText(error.code, longest.event) }),
    message: cleanText(error.message, longest.error),
    ...(error.stack === undefined ? {} : { stack: cleanText(error.stack, longest.stack, true) }),
  };
}

/**
 * Details as they may be stored: values are flat, few and short, texts are without secrets, and names that stand for a
 * body, headers or a secret are left out.
 */
export function cleanDetails(details: LogDetails): LogDetails {
  const clean: LogDetails = {};
  for (const [key, value] of Object.entries(details).slice(0, mostKeys)) {
    if (value === undefined || refused.test(key)) continue;
    if (key === 'error') {
      if (typeof value === 'object' && value !== null) clean.error = cleanError(value);
      continue;
    }
    const kept = cleanValue(value);
    if (kept !== undefined) clean[cleanText(key, longest.key)] = kept;
  }
  return clean;
}

function cleanValue(value: unknown): string | number | boolean | null | undefined {
  if (typeof value === 'string') return cleanText(value, longest.value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'boolean' || value === null ? value : undefined;
}
