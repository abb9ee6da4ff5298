import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveStatic } from './static.ts';

const script = `console.log('${'the same again, '.repeat(200)}');`;
let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'trunkline-static-')) + sep;
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>Trunkline</title>');
  writeFileSync(join(root, 'theme.js'), 'document.title;');
  writeFileSync(join(root, 'assets/app-1a2b.js'), script);
  writeFileSync(join(root, 'assets/tiny-3c4d.js'), '1');
  writeFileSync(join(root, 'assets/font-5e6f.woff2'), 'a'.repeat(500));
});
afterAll(() => rmSync(root, { recursive: true }));

const headersOf = (answer: Response | null) =>
  ['content-encoding', 'content-length', 'vary', 'cache-control'].map((name) => answer?.headers.get(name));
const forever = 'public, max-age=31536000, immutable';

it('compresses an asset for who takes gzip, and for nobody else', async () => {
  const zipped = await serveStatic('/assets/app-1a2b.js', 'br;q=1, gzip', root);
  const body = new Uint8Array((await zipped?.arrayBuffer()) ?? []);
  expect(body.length).toBeLessThan(script.length / 5);
  expect(gunzipSync(body).toString()).toBe(script);
  expect(headersOf(zipped)).toEqual(['gzip', String(body.length), 'accept-encoding', forever]);
  expect(zipped?.headers.get('content-type')).toBe('text/javascript; charset=utf-8');

  for (const accepted of [undefined, '', 'br', 'gzip;q=0', 'br, gzip; q=0.0', 'x-gzip']) {
    const plain = await serveStatic('/assets/app-1a2b.js', accepted, root);
    expect(headersOf(plain)).toEqual([null, String(script.length), 'accept-encoding', forever]);
    expect(await plain?.text()).toBe(script);
  }
});

it('leaves as it is what would not get smaller', async () => {
  for (const [path, size] of [
    ['/assets/tiny-3c4d.js', '1'],
    ['/assets/font-5e6f.woff2', '500'],
  ] as const) {
    expect(headersOf(await serveStatic(path, 'gzip', root))).toEqual([null, size, null, forever]);
  }
});

it('gives the page for every address without a file, and nothing for a file that is not there', async () => {
  for (const path of ['/', '/webhooks/abc', '/%3Cb%3E']) {
    const page = await serveStatic(path, 'gzip', root);
    expect(await page?.text()).toContain('<title>');
    expect(page?.headers.get('cache-control')).toBe('no-cache');
  }
  expect(await (await serveStatic('/theme.js', 'gzip', root))?.text()).toBe('document.title;');
  for (const path of ['/assets/app-0000.js', '/assets/', '/none.js', '/%2e%2e/secret.js', '/%00', '/%']) {
    expect(await serveStatic(path, 'gzip', root)).toBeNull();
  }
});

it('gives an asset that has come since somebody asked for it', async () => {
  expect(await serveStatic('/assets/late-7a8b.js', '', root)).toBeNull();
  writeFileSync(join(root, 'assets/late-7a8b.js'), '2');
  expect(await (await serveStatic('/assets/late-7a8b.js', '', root))?.text()).toBe('2');
});
