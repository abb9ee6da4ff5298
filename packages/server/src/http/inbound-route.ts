import { maxInboundBytes } from '@trunkline/contract/inbound';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { App } from '../ctx.ts';
import { AppError } from '../errors.ts';
import type { InboundReply, InboundRequest } from '../inbound/types.ts';
import type { Span } from '../tracing/tracer.ts';
import { Intake } from '../modules/inbound/intake.ts';
import { isAddress } from '../modules/inbound/rules.ts';
import { bodyLimit, readBytes } from './body.ts';
import { clientAddress } from './context.ts';
import { beginRequest } from './request-span.ts';

interface InboundEnv {
  Bindings: HttpBindings;
  Variables: { requestId: string; startedAt: number; span: Span | null };
}

/** Bodies that are read or being stored at once, in bytes; more are asked to come again. */
const mostBytesInHand = 256 * 1_048_576;
/** Of these, what may belong to requests that name no source: everybody can send such, and slowly. */
const mostUnnamedBytes = 64 * 1_048_576;

/**
 * Registers the addresses at which providers tell what happened: `/webhooks/:provider/:address`, the same under `/api`, and
 * `/api/webhooks/:provider` for a provider that is told one address for all. They are behind no session and no API key.
 * What has not the form of an address is none of theirs: the UI has pages below `/webhooks`. `refuseIfClosing` throws when
 * the process ends.
 */
export function registerInbound(hono: Hono<InboundEnv>, app: App, refuseIfClosing: () => void): void {
  const intake = new Intake(app);
  const all = new BytesInHand(mostBytesInHand);
  const unnamed = new BytesInHand(mostUnnamedBytes);

  /** Reads the request and answers it; its body counts as being in hand until then. */
  async function withBody(
    c: Context<InboundEnv>,
    limit: number,
    pools: readonly BytesInHand[],
    work: (read: () => Promise<InboundRequest>, client: string | null) => Promise<InboundReply>,
  ): Promise<Response> {
    let bytes = 0;
    const admit = (more: number): void => {
      if (pools.some((pool) => !pool.holds(more))) {
        throw new AppError('overloaded', 'Too many large webhooks are arriving. Send it again shortly.', {
          retryAfterSeconds: 5,
        });
      }
      bytes += more;
      for (const pool of pools) pool.add(more);
    };
    const read = async (): Promise<InboundRequest> => ({
      method: c.req.method,
      url: publicAddress(app, c),
      headers: Object.fromEntries(c.req.raw.headers),
      body: await readBytes(c.req.raw, limit, admit),
    });
    try {
      return answer(await work(read, clientAddress(c.env.incoming, app.config.trustProxy)));
    } finally {
      for (const pool of pools) pool.add(-bytes);
    }
  }

  /** Providers are strangers: what they say of traces of their own is not asked. */
  function begin(c: Context<InboundEnv>): Span | null {
    const span = beginRequest(app, {
      method: c.req.method,
      id: c.get('requestId'),
      startedAt: c.get('startedAt'),
      traceparent: null,
    });
    c.set('span', span);
    return span;
  }

  hono.on(
    ['GET', 'POST'],
    ['/webhooks/:provider/:address', '/api/webhooks/:provider/:address'],
    async (c, next) => {
      const { provider, address } = c.req.param();
      if (!isAddress(address)) return next();
      const span = begin(c);
      refuseIfClosing();
      // Before the body: nobody makes us read 25 MiB for an address that nobody has, or that does not hear them.
      const source = await intake.find(provider, address);
      return withBody(c, maxInboundBytes, [all], async (read, client) => {
        intake.admit(source, client);
        return intake.take(source, await read(), client, span);
      });
    },
  );
  hono.post('/api/webhooks/:provider', (c) => {
    const span = begin(c);
    refuseIfClosing();
    return withBody(c, bodyLimit, [all, unnamed], (read, client) =>
      intake.takeAny(c.req.param('provider'), read, client, span),
    );
  });
}

/** Counts bytes up to a number. */
class BytesInHand {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  holds(more: number): boolean {
    return this.#bytes + more <= this.#most;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }
}

/** The address as the sender called it: behind a proxy that is the public one, with path and query as they came. */
function publicAddress(app: App, c: Context<InboundEnv>): string {
  const target = c.env.incoming.url ?? '/';
  return target.startsWith('/') ? `${app.config.publicUrl}${target}` : target;
}

function answer({ status, contentType, body, headers }: InboundReply): Response {
  // These have no body, and a Response refuses even an empty one.
  const isBare = status === 204 || status === 304;
  return new Response(isBare ? null : body, {
    status,
    headers: {
      'cache-control': 'no-store',
      ...headers,
      ...(contentType !== null && { 'content-type': contentType }),
    },
  });
}
