import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { SandboxReply, SandboxRequest } from './exchange.ts';
import { readRerouted } from './reroute.ts';

export interface HttpFront {
  url: string;
  close(): Promise<void>;
}

export interface FrontHandlers {
  /** A call of a provider. */
  provider(request: SandboxRequest): Promise<SandboxReply>;
  /** Anything else; the origin is that of the sandbox itself. */
  control(request: ControlRequest): Promise<SandboxReply>;
}

/** A call of the sandbox's own page or control API. */
export interface ControlRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const bodyLimit = 32 * 1024 * 1024;

/** Serves everything of the sandbox that speaks HTTP, on one port. */
export async function openHttpFront(
  options: { port: number; host: string },
  handlers: FrontHandlers,
): Promise<HttpFront> {
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
    );
    const target = request.url ?? '/';
    const method = (request.method ?? 'GET').toUpperCase();
    if (!isLocal(headers['host'], options.host)) {
      await write(response, method, {
        status: 403,
        body: 'The sandbox answers under its own address only.\n',
      });
      return;
    }
    const original = readRerouted(target);
    if (original) {
      const { slug: provider, ...address } = original;
      const reply = await handlers.provider({ provider, method, ...address, headers, body });
      await write(response, method, withoutScripts(reply));
    } else {
      await write(
        response,
        method,
        await handlers.control({ method, path: target.split('?')[0]!, headers, body }),
      );
    }
  }

  async function write(response: ServerResponse, method: string, reply: SandboxReply): Promise<void> {
    if (reply.hang) return;
    if (reply.drop) {
      response.destroy();
      return;
    }
    if (reply.delayMs) await wait(reply.delayMs, response);
    if (response.destroyed) return;
    const body = Buffer.from(reply.body ?? '');
    const headers: Record<string, string | string[]> = { ...reply.headers };
    if (body.length > 0) headers['content-type'] ??= typeOf(reply.body ?? '');
    if (reply.status !== 204 && reply.status !== 304) headers['content-length'] ??= String(body.length);
    response.writeHead(reply.status, headers);
    response.end(method === 'HEAD' ? undefined : body);
    await finished(response);
  }

  /** Until the time has passed or the caller has given up. */
  function wait(ms: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        timers.delete(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timers.add(timer);
      response.once('close', done);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A stored page must not act on the control page, whose origin it has; a page of our own brings its own policy. */
function withoutScripts(reply: SandboxReply): SandboxReply {
  const { headers = {} } = reply;
  if (headers['content-security-policy'] !== undefined) return reply;
  return { ...reply, headers: { ...headers, 'content-security-policy': 'sandbox' } };
}

/** Null when there is more than a sandbox needs to take. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A name that leads here, and not one that another page has pointed at this address. */
function isLocal(host: string | undefined, own: string): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name) || name === own.toLowerCase();
}

function typeOf(body: string | Buffer): string {
  if (typeof body !== 'string') return 'application/octet-stream';
  return /^\s*[[{]/.test(body) ? 'application/json' : 'text/plain; charset=utf-8';
}
