import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { App } from '../ctx.ts';

/** Prometheus metrics of this process: Node's own, the engine's, those of inbound webhooks and of traces. */
export function createMetrics({
  engine,
  inbound,
  tracer,
}: Pick<App, 'engine' | 'inbound' | 'tracer'>): Registry {
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
  const came = inbound.counters;
  counter('trunkline_inbound_received_total', 'Inbound webhooks stored', () => came.received);
  counter('trunkline_inbound_repeated_total', 'Repetitions of inbound webhooks', () => came.repeated);
  counter('trunkline_inbound_refused_total', 'Inbound webhooks refused', () => came.refused);
  counter('trunkline_inbound_processed_total', 'Inbound webhooks turned into events', () => came.processed);
  counter('trunkline_inbound_ignored_total', 'Inbound webhooks with nothing to pass on', () => came.ignored);
  counter(
    'trunkline_inbound_unreadable_total',
    'Inbound webhooks that cannot be read',
    () => came.unreadable,
  );
  counter('trunkline_inbound_retried_total', 'Failed tries to process one', () => came.retried);
  counter('trunkline_inbound_failed_total', 'Inbound webhooks given up', () => came.failed);
  if (tracer !== null) {
    const spans = tracer.counters;
    counter('trunkline_spans_recorded_total', 'Spans that ended', () => spans.recorded);
    counter('trunkline_spans_exported_total', 'Spans that the collector took', () => spans.exported);
    counter('trunkline_spans_failed_total', 'Spans that could not be exported', () => spans.failed);
  }
  return registry;
}
