import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '../ctx.ts';
import type { LiveTimes } from '../http/live-route.ts';
import { createHttpServer } from '../http/server.ts';
import type { HttpServer } from '../http/server.ts';
import { ApiAccess } from '../modules/api-keys/api-access.ts';
import { cookieOf, testPassword } from './test-app.ts';
import type { TestPerson } from './test-app.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is empty or no JSON. */
  json: unknown;
}

export interface CallOptions {
  headers?: Record<string, string>;
  /** Sent as JSON, a string as it is. */
  body?: unknown;
  signal?: AbortSignal;
}

export interface TestHttp {
  url: string;
  http: HttpServer;
  /** Not started: what it counts is written when the test says so. */
  access: ApiAccess;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Signs in over HTTP and gives the headers of the session. */
  signIn(person: Pick<TestPerson, 'email'>): Promise<{ cookie: string }>;
  close(): Promise<void>;
}

/** The real HTTP server of a test app on a port of its own. */
export async function startTestHttp(app: App, live?: LiveTimes, webRoot?: string): Promise<TestHttp> {
  const access = new ApiAccess(app);
  app.live.onChange(({ organizationId, topic }) => {
    if (topic === 'api_key') access.keys.forget(organizationId);
  });
  const http = createHttpServer(app, access, { ...(live ? { live } : {}), ...(webRoot ? { webRoot } : {}) });
  const { port } = await http.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, headers = {}, signal } = options;
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  return {
    url,
    http,
    access,
    call,
    async signIn({ email }) {
      const body = { email, password: testPassword };
      const answer = await call('POST', '/api/trpc/access.signIn', { body });
      if (answer.status !== 200) throw new Error(`no sign-in: ${answer.text}`);
      return { cookie: cookieOf(answer.headers.getSetCookie()) };
    },
    close: () => http.close(0),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Sink {
  url: string;
  close(): Promise<void>;
}

/** An endpoint that answers 200 to everything, or what `answer` promises. */
export async function startSink(answer: () => Promise<void> = async () => {}): Promise<Sink> {
  const server = createServer((request, response) => {
    request.resume();
    void answer().then(() => response.end('received'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
