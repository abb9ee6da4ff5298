/** Names of headers and parameters whose value authenticates. */
const authenticates =
  /authori[sz]ation|cookie|signature|token|secret|password|hmac|digest|(^|[-_])(key|sig|code)$|api-?key/i;

/** Headers as they are stored: by their names in lower case, without those that authenticate. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !authenticates.test(name)));
}

/** Path and query of an address as they are stored, without the parameters that authenticate. */
export function keptTarget(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const kept = [...searchParams].filter(([name]) => !authenticates.test(name));
  const query = new URLSearchParams(kept).toString();
  return query === '' ? pathname : `${pathname}?${query}`;
}
