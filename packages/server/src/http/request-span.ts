import type { App, Ctx } from '../ctx.ts';
import { parseTraceparent } from '../tracing/traceparent.ts';
import { within } from '../tracing/tracer.ts';
import type { Span } from '../tracing/tracer.ts';

/** A request, as far as a span tells of it. */
export interface RequestStart {
  method: string;
  id: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** The caller's header, if the caller is known and so may be believed. */
  traceparent: string | null | undefined;
}

/** Begins the span of a request; null when it is not traced. */
export function beginRequest({ tracer }: App, request: RequestStart): Span | null {
  if (tracer === null) return null;
  const { method, id, startedAt, traceparent } = request;
  return tracer.begin(
    {
      name: method,
      kind: 'server',
      startedAt,
      attributes: { 'http.request.method': method, 'trunkline.request.id': id },
    },
    parseTraceparent(traceparent),
  );
}

/** The context of a request whose caller is known: its span is above all that it does. */
export function traced(ctx: Ctx, span: Span | null): Ctx {
  if (span === null) return ctx;
  span.set({
    'trunkline.organization.id': ctx.organizationId ?? undefined,
    'trunkline.actor.type': ctx.actor.type,
  });
  return { ...ctx, app: within(ctx.app, span) };
}

/**
 * Ends the span of a request. `endpoint`: method and address as its route is written, which names no resource; never the
 * address that was called. What a caller did wrong is no error of ours, but its code is told.
 */
export function endRequest(
  span: Span | null,
  answer: { endpoint: string | undefined; status: number; errorCode: string | null },
): void {
  if (span === null) return;
  const { endpoint, status, errorCode } = answer;
  if (endpoint !== undefined) {
    span.rename(endpoint);
    span.set({ 'http.route': endpoint.slice(endpoint.indexOf(' ') + 1) });
  }
  span.set({ 'http.response.status_code': status, 'error.type': errorCode ?? undefined });
  if (status >= 500) span.fail(errorCode ?? String(status));
  span.end();
}
