/** A request as the history keeps it. */
export interface SentRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Quotes a text for a POSIX shell: nothing inside single quotes is special but the quote itself. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A curl command that sends the same request, with its signature. `--data-raw` because a body that begins with
 * `@` would name a file. Headers that curl sets itself are left out.
 */
export function toCurl({ method, url, headers, body }: SentRequest): string {
  const own = new Set(['content-length', 'host', 'connection']);
  const lines = Object.entries(headers)
    .filter(([name]) => !own.has(name.toLowerCase()))
    .map(([name, value]) => `-H ${shellQuote(`${name}: ${value}`)}`);
  return [`curl -X ${method} ${shellQuote(url)}`, ...lines, `--data-raw ${shellQuote(body)}`].join(' \\\n  ');
}

/** How to send a first event through the API at `origin`; the key is read from the environment. */
export function firstEventCurl(origin: string, type = 'contact.created'): string {
  const body = JSON.stringify({
    type,
    subject: 'contact/CON-1',
    data: { id: 'CON-1', email: 'maria.lopez@example.com' },
  });
  return [
    `curl -X POST ${shellQuote(`${origin}/api/v1/events`)}`,
    '-H "Authorization: Bearer $TRUNKLINE_API_KEY"',
    "-H 'Content-Type: application/json'",
    `-d ${shellQuote(body)}`,
  ].join(' \\\n  ');
}
