import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Engine } from '../delivery/engine.ts';

/** Prometheus metrics of this process: Node's own and the engine's. */
export function createMetrics(engine: Engine): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) => {
    let last = 0;
    return new Counter({
      name,
      help,
      registers,
      collect() {
        const now = read();
        this.inc(now - last);
        last = now;
      },
    });
  };
  const { counters } = engine;
  counter('trunkline_events_accepted_total', 'Events stored, repeats included', () => counters.accepted);
  counter('trunkline_events_duplicate_total', 'Events recognized as repeats', () => counters.duplicates);
  counter('trunkline_attempts_succeeded_total', 'Attempts answered with 2xx', () => counters.succeeded);
  counter('trunkline_attempts_failed_total', 'Attempts that failed', () => counters.failed);
  counter('trunkline_dead_letters_total', 'Deliveries given up', () => counters.deadLettered);
  counter('trunkline_results_stale_total', 'Results of lost leases, discarded', () => counters.stale);
  counter('trunkline_deliveries_claimed_total', 'Deliveries taken from the queue', () => counters.claimed);
  gauge('trunkline_deliveries_in_flight', 'Requests on their way', () => engine.gauges().inFlight);
  gauge('trunkline_deliveries_waiting', 'Leased deliveries waiting in memory', () => engine.gauges().waiting);
  gauge('trunkline_results_unrecorded', 'Results waiting to be written', () => engine.gauges().unrecorded);
  return registry;
}
