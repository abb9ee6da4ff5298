import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
};

/** The built admin UI; beside this package in the repository. */
export const webRoot = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/**
 * A file of the built UI. Files under `assets/` carry a hash in their name and never change. Paths without a
 * file are the UI's own routes and get its page; null when that is missing too (not built).
 */
export async function serveStatic(path: string, root = webRoot): Promise<Response | null> {
  const decoded = decode(path);
  if (decoded === null) return null;
  const relative = normalize(decoded).replace(/^([/\\])+/, '');
  const file = join(root, relative);
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  const found = relative === '' ? null : await stat(file).catch(() => null);
  if (found?.isFile()) {
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, {
      headers: {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'content-length': String(found.size),
        'cache-control': relative.startsWith('assets') ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    });
  }
  if (extname(relative) !== '') return null;
  const page = await readFile(join(root, 'index.html')).catch(() => null);
  return (
    page && new Response(page, { headers: { 'content-type': types['.html']!, 'cache-control': 'no-cache' } })
  );
}

/** Null for a path that is not percent-encoded UTF-8, or names a NUL. */
function decode(path: string): string | null {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
