import type { SandboxRequest } from './exchange.ts';

/* Reads bodies as the providers do. What comes from outside is `unknown` until it is looked at. */

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text with something in it. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A text, or a number written as one; empty for anything else. */
export function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The name before the @ has at most 64 characters (RFC 5321, 4.5.3.1.1). */
export function isEmail(value: unknown): boolean {
  return typeof value === 'string' && /^[^@\s<>,]{1,64}@[^@\s<>,.]+(\.[^@\s<>,.]+)+$/.test(value);
}

/** The address in `Name <name@example.com>`, or the text itself. */
export function addressIn(text: string): string {
  return /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text.trim();
}

const mediaType = ({ headers }: SandboxRequest) =>
  (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

export function isJson(request: SandboxRequest): boolean {
  return /^application\/(?:[\w.+-]+\+)?json$/.test(mediaType(request));
}

/** An object in JSON; null when the body is anything else. */
export function readJson(request: SandboxRequest): Fields | null {
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** The fields of a form, URL-encoded or multipart; files are fields with their content. */
export async function readForm(request: SandboxRequest): Promise<URLSearchParams> {
  if (mediaType(request) === 'application/x-www-form-urlencoded')
    return new URLSearchParams(request.body.toString('utf8'));
  if (mediaType(request) !== 'multipart/form-data') return new URLSearchParams();
  const parsed = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers['content-type']! },
  })
    .formData()
    .catch(() => new FormData());
  const form = new URLSearchParams();
  for (const [name, value] of parsed)
    form.append(name, typeof value === 'string' ? value : await value.text());
  return form;
}

/** A value deep inside, such as `message.subject`; undefined when there is nothing. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isFields(inner) ? inner[key] : undefined;
  }, value);
}

/** The elements that are objects; empty when it is no list. */
export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
