import type { LogLevel, LogSource } from '@trunkline/contract/log-levels';

const longestWord = 40;
const mostWords = 120;

/** What lines are filtered by, beside their words. */
export interface WordFilter {
  organizationId?: string | undefined;
  level?: readonly LogLevel[] | undefined;
  source?: LogSource | undefined;
  integrationId?: string | undefined;
  webhookId?: string | undefined;
}

/** The words of a text as they are stored and searched: letters and digits, lower case, each once. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}]+/gu)) {
    words.add(word.slice(0, longestWord));
    if (words.size === mostWords) break;
  }
  return [...words];
}

const quoted = (lexeme: string): string => `'${lexeme}'`;

/** A line's words and marks, as the text of a tsvector; words have letters and digits only, so nothing needs escaping. */
export function vectorOf(
  line: {
    organizationId: string;
    level: LogLevel;
    source: LogSource;
    integrationId: string | null;
    webhookId: string | null;
  },
  text: string,
): string {
  const marks = [`o:${line.organizationId}`, `l:${line.level}`, `s:${line.source}`];
  if (line.integrationId !== null) marks.push(`i:${line.integrationId}`);
  if (line.webhookId !== null) marks.push(`w:${line.webhookId}`);
  return [...marks, ...wordsOf(text)].map(quoted).join(' ');
}

/**
 * The tsquery of a filter: every word that is searched begins a word of the line. A word of one letter stands for
 * itself, since nearly every line has one that begins with it.
 */
export function queryOf(filter: WordFilter, search: string): string {
  const terms = wordsOf(search).map((word) => (word.length > 1 ? `${quoted(word)}:*` : quoted(word)));
  if (filter.organizationId !== undefined) terms.push(quoted(`o:${filter.organizationId}`));
  if (filter.source !== undefined) terms.push(quoted(`s:${filter.source}`));
  if (filter.integrationId !== undefined) terms.push(quoted(`i:${filter.integrationId}`));
  if (filter.webhookId !== undefined) terms.push(quoted(`w:${filter.webhookId}`));
  if (filter.level !== undefined && filter.level.length > 0) {
    terms.push(`(${filter.level.map((level) => quoted(`l:${level}`)).join(' | ')})`);
  }
  return terms.join(' & ');
}
