import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { parseEgressAllow } from '../packages/server/src/lib/egress/allow-list.ts';
import { Sender } from '../packages/server/src/lib/egress/client.ts';

/** Signs and posts deliveries, as cheaply as this runtime can. */
export interface SignedSender {
  /** Calls back once, with an error unless the answer is 2xx. No promise: at this rate it would show. */
  send(id: string, body: string, done: (error?: Error) => void): void;
  close(): Promise<void>;
}

type Sign = (id: string, body: string) => string[];

function signer(): Sign {
  const key = createSecretKey(randomBytes(32));
  return (id, body) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = ['content-type', 'application/json', 'webhook-id', id];
    headers.push('webhook-timestamp', timestamp, 'webhook-signature', `v1,${signature}`);
    return headers;
  };
}

/** With undici, for the raw limit and for the stock queues. `ca` is the certificate of a TLS endpoint. */
export function signedSender(origin: string, connections: number, ca?: Buffer): SignedSender {
  const sign = signer();
  const pool = new Pool(origin, { connections, pipelining: 1, ...(ca ? { connect: { ca } } : {}) });
  return {
    send: (id, body, done) => {
      let status = 0;
      const handler: Dispatcher.DispatchHandler = {
        onConnect: () => undefined,
        onHeaders: (code: number) => {
          status = code;
          return true;
        },
        onData: () => true,
        onComplete: () => done(status >= 200 && status < 300 ? undefined : new Error(`answered ${status}`)),
        onError: (error: Error) => done(error),
      };
      pool.dispatch({ path: '/hook', method: 'POST', headers: sign(id, body), body }, handler);
    },
    close: () => pool.close(),
  };
}

/** With the product's own client, which guards addresses, keeps time and reads the answer besides. */
export function ownSender(origin: string, connections: number): SignedSender {
  const sign = signer();
  const sender = new Sender({
    allow: parseEgressAllow('127.0.0.1/32'),
    connectionsPerOrigin: connections,
  });
  return {
    send: (id, body, done) => {
      const request = { origin, path: '/hook', method: 'POST', headers: sign(id, body), body };
      sender.dispatch(request, (error, result) => {
        if (error !== null) done(error);
        else if (result!.status >= 200 && result!.status < 300) done();
        else done(new Error(`answered ${result!.status}`));
      });
    },
    close: () => sender.close(1_000),
  };
}
