import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { errorCodes } from '@trunkline/contract/errors';
import { docsPolicy } from './security-headers.ts';

const require = createRequire(import.meta.url);

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API documentation · Trunkline</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>body{margin:0;font-family:system-ui,sans-serif}rapi-doc{width:100%;height:100vh}</style>
<script type="module" src="/docs/rapidoc.js"></script>
</head>
<body>
<rapi-doc spec-url="/api/openapi.json" render-style="read" show-header="false" allow-authentication="true"
 allow-server-selection="false" allow-spec-file-download="true" load-fonts="false" theme="light"
 primary-color="#2b59d9" nav-bg-color="#f6f7f9" schema-style="table" show-method-in-nav-bar="as-colored-text"
 use-path-in-nav-bar="false"><h1 slot="nav-logo" style="font-size:18px;margin:8px 0">Trunkline API</h1></rapi-doc>
</body>
</html>`;

let script: Buffer | undefined;

/** `GET /docs`: the browsable documentation of the OpenAPI document, served from here without any other host. */
export function docsPage(): Response {
  return new Response(page, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': docsPolicy },
  });
}

export function docsScript(): Response {
  script ??= readFileSync(require.resolve('rapidoc/dist/rapidoc-min.js'));
  return new Response(new Uint8Array(script), {
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=86400' },
  });
}

/** `GET /docs/errors/<code>`: where the `type` of a problem leads. Null for an unknown code. */
export async function errorPage(code: string): Promise<Response | null> {
  if (!Object.hasOwn(errorCodes, code)) return null;
  const text = await readFile(new URL(`../../../../docs/errors/${code}.md`, import.meta.url), 'utf8');
  return new Response(text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } });
}
