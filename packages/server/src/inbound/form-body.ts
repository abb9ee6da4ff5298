import { parseMultipart } from '../lib/multipart.ts';

/** The fields of a form in the order they came, without its files; null when the body is no form. */
export function formBody(
  contentType: string,
  body: Buffer,
): (readonly [name: string, value: string])[] | null {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return [...new URLSearchParams(body.toString())];
  const parts = parseMultipart(contentType, body);
  return (
    parts
      ?.filter(({ filename }) => filename === null)
      .map(({ name, bytes }) => [name, bytes.toString()] as const) ?? null
  );
}
