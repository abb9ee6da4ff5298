import { setFlagsFromString } from 'node:v8';
import type { Config } from '../config/env.ts';
import { createHttpServer } from '../http/server.ts';
import { startApp } from '../start-app.ts';
import type { RunningApp, StartOptions } from '../start-app.ts';
import { Actions } from '../workers/actions.ts';
import { Alerts } from '../workers/alerts.ts';
import { AuditKeeper } from '../workers/audit-keeper.ts';
import { Automations } from '../workers/automations.ts';
import { BulkJobs } from '../workers/bulk-jobs.ts';
import { CopyBack } from '../workers/copy-back.ts';
import { FailingWebhooks } from '../workers/failing-webhooks.ts';
import { HeldCounts } from '../workers/held-counts.ts';
import { HealthChecks } from '../workers/health-checks.ts';
import { Inbound } from '../workers/inbound.ts';
import { InvitationMail } from '../workers/invitation-mail.ts';
import { LogSummaries } from '../workers/log-summaries.ts';
import { Maintenance } from '../workers/maintenance.ts';
import { Notifications } from '../workers/notifications.ts';
import { OwnEvents } from '../workers/own-events.ts';
import { SsoDomains } from '../workers/sso-domains.ts';
import { TokenRefresh } from '../workers/token-refresh.ts';
import { Verifications } from '../workers/verifications.ts';

const requestsMayFinishMs = 20_000;

export interface ServeOptions {
  /** `serve`: HTTP and deliveries; `work`: deliveries only. */
  http: boolean;
  /** Runs when the database is ready and before anything is delivered. */
  prepare?: (running: RunningApp) => Promise<void>;
  onListening?: (address: string, running: RunningApp) => Promise<void> | void;
  /** The engine runs; `work` has no address to announce. */
  onDelivering?: () => void;
  /** What the demo puts in place of the outside world. */
  outside?: StartOptions;
}

/**
 * Runs one process until SIGTERM or SIGINT: then it turns unready, finishes what is in flight, hands back the
 * rest and ends. A second signal ends it at once; PostgreSQL holds everything that was accepted.
 */
export async function serve(config: Config, options: ServeOptions): Promise<void> {
  collectGarbageGently();
  const running = await startApp(config, undefined, options.outside);
  const { app } = running;
  const maintenance = new Maintenance(app);
  const workers = [
    new Actions(app),
    new AuditKeeper(app),
    new Automations(app),
    new CopyBack(app),
    new Inbound(app),
    new InvitationMail(app),
    new LogSummaries(app),
    new BulkJobs(app),
    new FailingWebhooks(app),
    new HeldCounts(app),
    new HealthChecks(app),
    new TokenRefresh(app),
    new OwnEvents(app),
    new SsoDomains(app),
    new Verifications(app),
    new Alerts(app),
    new Notifications(app),
  ];
  const http = options.http ? createHttpServer(app, running.access) : undefined;
  // Those that were started last are ended first.
  const stop = async () => {
    for (const worker of workers.toReversed()) await worker.stop();
    await maintenance.stop();
    await running.stop();
  };
  // Heard before the process says that it is ready: a signal that follows at once must not kill it with work in hand.
  let signalled: Promise<NodeJS.Signals>;
  try {
    await maintenance.start();
    await options.prepare?.(running);
    signalled = nextSignal();
    await running.startEngine();
    options.onDelivering?.();
    for (const worker of workers) worker.start();
    if (http) {
      const { port } = await http.listen(config.port, config.host);
      const address = config.port === port ? config.publicUrl : `http://${config.host}:${port}`;
      app.log.info({ address, nodeId: app.engine.nodeId }, 'listening');
      await options.onListening?.(address, running);
    }
  } catch (error) {
    // Whatever keeps a timer or a connection would keep the process, too.
    await http?.close(0).catch(() => undefined);
    await stop();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortInUseError(config.port) : error;
  }
  void running.embedded?.exited.then(({ expected }) => {
    if (!expected) {
      app.log.fatal('the embedded PostgreSQL ended by itself; start again to recover');
      process.exit(1);
    }
  });
  const signal = await signalled;
  app.log.info({ signal }, 'shutting down');
  endAtSecondSignal(app.clock);
  // Nothing more is claimed from now on. Deliveries in flight and requests finish beside each other, or both together would
  // take longer than whoever sent the signal waits.
  await Promise.all([http?.close(requestsMayFinishMs), app.engine.stop()]);
  await stop();
  app.log.info('stopped');
}

export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';

  constructor(port: number) {
    super(`Port ${port} is in use. Stop what runs there, or choose another with PORT=3001.`);
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** A terminal's Ctrl-C can arrive twice at once, from its process group and from npm; only a later one counts. */
function endAtSecondSignal(clock: () => number): void {
  const first = clock();
  const again = () => {
    if (clock() - first > 1000) process.exit(130);
  };
  process.on('SIGINT', again);
  process.on('SIGTERM', again);
}

/**
 * How V8 collects garbage where deliveries run.
 *
 * V8 puts objects of a kind that often survived a collection among the old ones at once, small arrays of rows and events among
 * them. There they die within milliseconds like all of a delivery, but until the next full collection they keep alive what they
 * point to: a twentieth of all that was allocated, copied twice, with pauses of 6 to 17 ms instead of 1.
 *
 * And it begins a full collection as soon as the old objects have grown by a tenth, since collections are quick compared to how
 * little is allocated there. Its threads then take the processors from everybody for 60 to 90 ms, several times in a row. Twice
 * what is alive is soon enough.
 */
function collectGarbageGently(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--heap-growing-percent=100');
}
