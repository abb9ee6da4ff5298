import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP server that counts connections; for tests, on loopback only. */
export interface Listener {
  readonly port: number;
  readonly connections: () => number;
  /** Resolves when the server has seen this many connections end. */
  ended(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens on an ephemeral port (or `port`) of an address, with raw sockets. */
export async function listenTcp(
  address: string,
  onSocket: (socket: Socket) => void,
  port = 0,
): Promise<Listener> {
  const server = createServer(onSocket);
  server.listen(port, address);
  await once(server, 'listening');
  return watch(server);
}

/** Counts connections of any server that is listening already. */
export function watch(server: Server): Listener {
  const sockets = new Set<Socket>();
  let connections = 0;
  let ended = 0;
  const waiting: { count: number; done: () => void }[] = [];
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      ended += 1;
      for (const waiter of waiting) if (ended >= waiter.count) waiter.done();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    ended: (count) =>
      new Promise((done) => {
        if (ended >= count) done();
        else waiting.push({ count, done });
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Must never be connected to: listens where the guard must not let anyone through. */
export async function listenCanaries(): Promise<Listener[]> {
  const first = await listenTcp('127.0.0.1', (socket) => socket.destroy());
  const rest = [];
  for (const address of ['127.0.0.2', '::1']) {
    rest.push(await listenTcp(address, (socket) => socket.destroy(), first.port));
  }
  return [first, ...rest];
}
