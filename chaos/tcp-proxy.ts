import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

interface Pair {
  client: Socket;
  upstream: Socket;
  /** Bytes of this direction disappear, and nobody is told that the connection is dead. */
  swallow: 'none' | 'answers' | 'all';
}

/** Stands between the product and PostgreSQL; it can stall all traffic, reset connections, or let them go dead. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #stalled = false;
  port = 0;
  /** Where it leads; the database keeps its port over a restart. */
  target: number;

  constructor(target: number) {
    this.target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  #accept(client: Socket): void {
    const upstream = connect(this.target, '127.0.0.1');
    const pair: Pair = { client, upstream, swallow: 'none' };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    client.on('close', end);
    // Of a connection that went dead in silence, the product's side never hears.
    upstream.on('close', () => {
      if (pair.swallow === 'none') end();
    });
    client.on('data', (chunk) => {
      if (pair.swallow !== 'all') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (pair.swallow === 'none') client.write(chunk);
    });
    if (this.#stalled) {
      client.pause();
      upstream.pause();
    }
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  stall(): void {
    this.#stalled = true;
    for (const { client, upstream } of this.#pairs) {
      client.pause();
      upstream.pause();
    }
  }

  resume(): void {
    this.#stalled = false;
    for (const { client, upstream } of this.#pairs) {
      client.resume();
      upstream.resume();
    }
  }

  /** RST to both sides of every connection; gives how many there were. */
  reset(): number {
    const pairs = [...this.#pairs];
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    return pairs.length;
  }

  /** PostgreSQL's side of every connection ends, the product's side stays open and silent: half-open. */
  abandon(): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) {
      pair.swallow = 'all';
      pair.upstream.destroy();
    }
    return pairs.length;
  }

  /** Statements still arrive and take effect, but no answer comes back on any connection that is open now. */
  loseAnswers(): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) pair.swallow = 'answers';
    return pairs.length;
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
