import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Child } from '../child.ts';
import type { RawCommand } from '../raw-client.ts';
import { inFlight } from '../world.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

interface RawReport {
  seconds: number;
  cpuMicroseconds: number;
}

export interface Certificate {
  key: string;
  cert: string;
}

/** A certificate for 127.0.0.1; undefined where there is no openssl to make it. */
export function makeCertificate(folder: string): Certificate | undefined {
  const key = join(folder, 'bench.key');
  const cert = join(folder, 'bench.crt');
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key, cert };
  } catch {
    return undefined;
  }
}

/** The limit that everything is set against: the fastest public HTTP client, signing, with nothing stored. */
export class Raw implements Scenario {
  readonly #clients: Child[] = [];
  readonly #tls: { port: number; ca: string } | undefined;
  #perSecond = 20_000;

  constructor(tls: { port: number; ca: string } | undefined) {
    this.#tls = tls;
  }

  async prepare(world: World): Promise<void> {
    world.results.declare(
      { name: 'raw', label: 'raw HTTP client (undici), one process: signed, nothing stored', unit: '/s' },
      { name: 'rawOwn', label: 'the same with the client of the product', unit: '/s', over: 'raw' },
      { name: 'raw2', label: 'raw HTTP client, two processes', unit: '/s', over: 'raw' },
      { name: 'rawTls', label: 'raw HTTP client over TLS', unit: '/s', over: 'raw' },
      { name: 'rawCpu', label: 'CPU of the raw client per request', unit: 'µs' },
    );
    this.#clients.push(new Child('./raw-client.ts'), new Child('./raw-client.ts'));
    await world.reset(null);
    for (const client of this.#clients) {
      const { seconds } = await this.#run(client, world.port, world.scale.warmUp);
      this.#perSecond = world.scale.warmUp / seconds;
    }
    await this.#run(this.#clients[1]!, world.port, world.scale.warmUp, { own: true });
    if (this.#tls) await this.#run(this.#clients[0]!, this.#tls.port, 5_000, { ca: this.#tls.ca });
    else world.results.note('TLS was left out: there is no openssl to make a certificate.');
  }

  async round(world: World): Promise<void> {
    const [first, second] = this.#clients as [Child, Child];
    const total = Math.ceil(this.#perSecond * world.scale.seconds);
    await world.reset(null);
    const one = await this.#run(first, world.port, total);
    world.results.add('raw', total / one.seconds);
    world.results.add('rawCpu', one.cpuMicroseconds / total);
    const own = await this.#run(second, world.port, total, { own: true });
    world.results.add('rawOwn', total / own.seconds);
    const half = Math.ceil(total / 2);
    const both = await Promise.all([first, second].map((client) => this.#run(client, world.port, half)));
    world.results.add('raw2', (2 * half) / Math.max(...both.map(({ seconds }) => seconds)));
    if (this.#tls) {
      const tls = await this.#run(first, this.#tls.port, half, { ca: this.#tls.ca });
      world.results.add('rawTls', half / tls.seconds);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
  }

  #run(
    client: Child,
    port: number,
    total: number,
    how: { ca?: string; own?: true } = {},
  ): Promise<RawReport> {
    const origin = `${how.ca === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    const command: RawCommand = { origin, total, inFlight, ...how };
    return client.ask<RawReport>(command);
  }
}
