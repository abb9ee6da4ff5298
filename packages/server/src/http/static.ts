import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

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

/** What gets smaller by compression; fonts and pictures are compressed already. */
const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.map']);

/** The built admin UI; beside this package in the repository. */
export const webRoot = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

interface Asset {
  plain: Buffer;
  /** Null for what does not get smaller. */
  zipped: Buffer | null;
}

/** Files under `assets/` by their path: they never change, and each is read and compressed once by a process. */
const assets = new Map<string, Promise<Asset>>();

/**
 * A file of the built UI. Files under `assets/` carry a hash in their name and never change. Paths without a
 * file are the UI's own routes and get its page; null when that is missing too (not built).
 * @param accepted the request's `Accept-Encoding`
 */
export async function serveStatic(path: string, accepted = '', root = webRoot): Promise<Response | null> {
  const decoded = decode(path);
  if (decoded === null) return null;
  const relative = normalize(decoded).replace(/^([/\\])+/, '');
  const file = join(root, relative);
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  const type = types[extname(file)] ?? 'application/octet-stream';
  if (relative.startsWith(`assets${sep}`)) {
    const asset = await assetAt(file);
    return asset && answerWith(asset, type, accepted);
  }
  const found = relative === '' ? null : await stat(file).catch(() => null);
  if (found?.isFile()) {
    return new Response(await readFile(file), {
      headers: { 'content-type': type, 'cache-control': 'no-cache' },
    });
  }
  if (extname(relative) !== '') return null;
  const page = await readFile(join(root, 'index.html')).catch(() => null);
  return (
    page && new Response(page, { headers: { 'content-type': types['.html']!, 'cache-control': 'no-cache' } })
  );
}

/** Null when there is none. */
async function assetAt(file: string): Promise<Asset | null> {
  let asset = assets.get(file);
  if (asset === undefined) assets.set(file, (asset = readAsset(file)));
  try {
    return await asset;
  } catch {
    // Names that no file has are without end, and one may get a file.
    assets.delete(file);
    return null;
  }
}

async function readAsset(file: string): Promise<Asset> {
  const plain = await readFile(file);
  const zipped = compressible.has(extname(file)) ? await promisify(gzip)(plain) : plain;
  return { plain, zipped: zipped.length < plain.length ? zipped : null };
}

function answerWith({ plain, zipped }: Asset, type: string, accepted: string): Response {
  const isZipped = zipped !== null && acceptsGzip(accepted);
  const body = isZipped ? zipped : plain;
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-length': String(body.length),
      'cache-control': 'public, max-age=31536000, immutable',
      ...(zipped === null ? {} : { vary: 'accept-encoding' }),
      ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
    },
  });
}

/** Whether an `Accept-Encoding` names gzip, and not as refused (`gzip;q=0`). */
function acceptsGzip(accepted: string): boolean {
  return accepted.split(',').some((each) => {
    const [name = '', weight = ''] = each.split(';').map((part) => part.trim().toLowerCase());
    return name === 'gzip' && !/^q=0(\.0*)?$/.test(weight);
  });
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
