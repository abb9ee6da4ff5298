import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const page = fileURLToPath(new URL('./portal-host-page.ts', import.meta.url));

let script: Promise<string> | undefined;

/** The page's script with React and our component in it, made once in a worker. */
async function bundle(): Promise<string> {
  const build = await rolldown({
    input: page,
    platform: 'browser',
    transform: { jsx: { runtime: 'automatic' }, define: { 'process.env.NODE_ENV': '"production"' } },
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  return output[0].code;
}

/** A product's own admin with the portal in it. */
export interface PortalHost {
  /** Of another site than Trunkline: a name where that has an address. */
  origin: string;
  /** How often a token was asked for. */
  asked(): number;
  close(): Promise<void>;
}

/** @param makeToken what the product's back end answers with; rejects: it has none */
export async function startPortalHost(makeToken: (origin: string) => Promise<unknown>): Promise<PortalHost> {
  script ??= bundle();
  const code = await script;
  let asked = 0;
  let origin = '';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const answer = (type: string, body: string): void => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    if (pathname === '/host.js') answer('text/javascript', code);
    else if (pathname === '/portal-token') {
      asked += 1;
      makeToken(origin).then(
        (token) => answer('application/json', JSON.stringify(token)),
        () => {
          response.writeHead(403);
          response.end();
        },
      );
    } else if (pathname === '/favicon.ico') {
      response.writeHead(204);
      response.end();
    } else {
      answer(
        'text/html; charset=utf-8',
        '<!doctype html><html lang="en"><title>Acme</title><body style="margin:0"><div id="root"></div><script src="/host.js"></script></body></html>',
      );
    }
  }).listen(0, 'localhost');
  await once(server, 'listening');
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    asked: () => asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
