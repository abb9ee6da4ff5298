import { traceparentOf } from '../tracing/traceparent.ts';
import { attemptPlace, isTracedId, rootOf } from '../tracing/traced-id.ts';
import type { Span, Tracer } from '../tracing/tracer.ts';
import type { Lease, Outcome, Verdict } from './types.ts';

/**
 * Begins the span of an attempt, in the trace of its event. Null for an event that is not traced, whose deliveries cost no
 * more than this look at its id.
 */
export function beginAttemptSpan(tracer: Tracer | null, lease: Lease): Span | null {
  if (tracer === null || !isTracedId(lease.event.id)) return null;
  const { event } = lease;
  const number = lease.attempts + 1;
  return tracer.at(attemptPlace(event.id, lease.id, number), rootOf(event.id).spanId, {
    name: 'deliver event',
    kind: 'client',
    attributes: {
      'http.request.method': 'POST',
      'trunkline.organization.id': lease.organizationId,
      'trunkline.event.id': event.id,
      'trunkline.event.type': event.type,
      'trunkline.webhook.id': lease.webhookId,
      'trunkline.delivery.id': lease.id,
      'trunkline.delivery.trigger': lease.trigger,
      'trunkline.attempt.number': number,
    },
  });
}

/** Ends it with what the attempt came to and what follows from that. Neither address nor answer is told. */
export function endAttemptSpan(span: Span, outcome: Outcome, verdict: Verdict): void {
  const { responseStatus, errorCode, durationMs } = outcome;
  span.set({
    'http.response.status_code': responseStatus === 0 ? undefined : responseStatus,
    'trunkline.delivery.state': verdict.state,
  });
  if (errorCode !== null) span.fail(errorCode);
  span.end(durationMs);
}

/** What the endpoint of an attempt is told, for the request view; null when its event is not traced. */
export function attemptTraceparent(eventId: string, deliveryId: string, number: number): string | null {
  return isTracedId(eventId) ? traceparentOf(attemptPlace(eventId, deliveryId, number)) : null;
}

/** The same for a request that is about to be sent. */
export function traceparentFor(span: Span | null, isTold: boolean): string | null {
  return span === null || !isTold ? null : traceparentOf(span.place);
}
