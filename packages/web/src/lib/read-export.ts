import { ApiError } from './api-error.ts';

const newline = 10;

/** Lines that are kept in memory until they are saved; what has more is given to the browser to download. */
export const mostInMemory = 200_000;

/**
 * Reads an export and tells how many lines have come so far.
 *
 * @throws ApiError when it is refused or breaks off
 */
export async function readExport(
  path: string,
  onLines: (lines: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const response = await fetch(path, { signal });
  if (!response.ok || !response.body) {
    throw new ApiError({ code: 'internal', detail: 'The export was refused. Try again.' });
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let lines = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    for (const byte of value) if (byte === newline) lines += 1;
    onLines(lines);
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? 'text/plain' });
}

/** Hands something to the browser's downloads. */
export function saveAs(href: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
}
