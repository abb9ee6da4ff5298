import { fromWindows1252 } from '../lib/windows-1252.ts';
import { parseMultipart } from '../lib/multipart.ts';
import { textAt } from '../providers/adapters/adapter.ts';
import { jsonText } from './json-body.ts';

/**
 * The fields of a form in the order they came, without its files; null when the body is no form. Each is decoded as it says
 * itself, or as the field `charsets` says of it, in which SendGrid names those of a mail.
 */
export function formBody(
  contentType: string,
  body: Buffer,
): (readonly [name: string, value: string])[] | null {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return [...new URLSearchParams(body.toString())];
  const parts = parseMultipart(contentType, body)?.filter(({ filename }) => filename === null);
  if (parts === undefined) return null;
  const charsets = jsonText(parts.find(({ name }) => name === 'charsets')?.bytes.toString() ?? '');
  return parts.map(({ name, contentType: type, bytes }) => {
    const own = /;\s*charset="?([\w.:-]{1,40})/i.exec(type ?? '')?.[1];
    return [name, textIn(own ?? textAt(charsets, name) ?? 'utf-8', bytes)] as const;
  });
}

/** Bytes as text; in UTF-8 where nobody knows the charset. */
function textIn(charset: string, bytes: Buffer): string {
  try {
    const decoder = new TextDecoder(charset, { ignoreBOM: true });
    const text = decoder.decode(bytes);
    return decoder.encoding === 'windows-1252' ? fromWindows1252(text) : text;
  } catch {
    return bytes.toString();
  }
}
