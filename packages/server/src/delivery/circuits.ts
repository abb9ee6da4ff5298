import { performance } from 'node:perf_hooks';
import type { LogLevel } from '@trunkline/contract/log-levels';
import type pg from 'pg';
import type { Logger } from 'pino';
import { claimBacklog } from './backlog.ts';
import type { ClaimedRow } from './claim.ts';
import { closeCircuit, openCircuit, takeProbes, waitLonger } from './circuit.ts';
import type { EndpointCache } from './endpoints.ts';
import { claimHeads } from './lines.ts';
import type { LogWriter } from '../logs/log-writer.ts';
import type { KnownEndpoint } from './types.ts';

export interface CircuitsOptions {
  pool: pg.Pool;
  log: Logger;
  logs: Pick<LogWriter, 'write'>;
  nodeId: string;
  leaseSeconds: number;
  attemptTimeoutSeconds: number;
  endpoints: EndpointCache;
  /** These deliveries pass their endpoint's open circuit. */
  onProbe: (rows: readonly ClaimedRow[], leasedAt: number) => Promise<void>;
  /** A circuit is closed: its backlog flows. */
  onClosed: () => void;
}

const everyMs = 1_000;
/** Circuits that are probed at once. */
const probeLimit = 20;

/** Opens, probes and closes the circuits of endpoints for one node; what they are stands in the database. */
export class Circuits {
  readonly #options: CircuitsOptions;
  #timer: NodeJS.Timeout | undefined;
  #probing: Promise<void> | null = null;

  constructor(options: CircuitsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.probe(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#probing;
  }

  /** Looks for circuits whose time has come now. */
  probe(): void {
    if (this.#timer === undefined) return;
    this.#probing ??= this.#sendProbes()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'circuits could not be probed'))
      .finally(() => {
        this.#probing = null;
      });
  }

  /** An endpoint failed so often that it gets a rest. */
  async open(endpoint: KnownEndpoint): Promise<void> {
    const { id, url } = endpoint;
    const { pool, endpoints, log } = this.#options;
    try {
      if (!(await openCircuit(pool, id, url))) return;
      endpoints.forget(id);
      log.warn({ webhookId: id }, 'an endpoint does not answer; its circuit is open');
      this.#tell(
        endpoint,
        'warn',
        'circuit.opened',
        'The endpoint does not answer: deliveries wait until a probe passes.',
      );
    } catch (error) {
      log.warn({ err: error, webhookId: id }, 'a circuit could not be opened');
    }
  }

  /** What a probe found. */
  async probed(endpoint: KnownEndpoint, well: boolean): Promise<void> {
    try {
      if (well) await this.#close(endpoint);
      else await waitLonger(this.#options.pool, endpoint.id);
    } catch (error) {
      // Its time was pushed ahead when the probe was taken, so another one follows.
      this.#options.log.warn(
        { err: error, webhookId: endpoint.id },
        'what a probe found could not be written',
      );
    }
  }

  async #close(endpoint: KnownEndpoint): Promise<void> {
    const { id } = endpoint;
    const { pool, endpoints, log, onClosed } = this.#options;
    if (!(await closeCircuit(pool, id))) return;
    endpoints.forget(id);
    log.info({ webhookId: id }, 'a circuit is closed');
    this.#tell(endpoint, 'info', 'circuit.closed', 'The endpoint answers again: deliveries flow.');
    onClosed();
  }

  #tell({ id, organizationId, url }: KnownEndpoint, level: LogLevel, event: string, message: string): void {
    this.#options.logs.write({
      organizationId,
      webhookId: id,
      source: 'delivery',
      level,
      event,
      message,
      details: { host: URL.canParse(url) ? new URL(url).host : undefined },
    });
  }

  /** Circuits whose time has come: one delivery out of the backlog each, and none waits longer than for a probe. */
  async #sendProbes(): Promise<void> {
    const { pool, nodeId, leaseSeconds, attemptTimeoutSeconds, endpoints, onProbe } = this.#options;
    const claimant = { nodeId, leaseSeconds };
    const due = await takeProbes(pool, probeLimit, leaseSeconds + attemptTimeoutSeconds);
    for (const { webhookId, version } of due) {
      const endpoint =
        endpoints.peek(webhookId, version) ?? (await endpoints.load([webhookId])).get(webhookId);
      if (!endpoint) continue;
      const leasedAt = performance.now();
      let rows = await claimBacklog(pool, claimant, [{ webhookId, rows: 1 }]);
      if (rows.length === 0) ({ rows } = await claimHeads(pool, claimant, webhookId, '', 1));
      if (rows.length === 0) await this.#close(endpoint);
      else await onProbe(rows, leasedAt);
    }
  }
}
