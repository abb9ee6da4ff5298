import type { Span, SpanPlace, SpanStart, Traced } from './tracer.ts';

/*
 * What is stored now and worked on later, perhaps elsewhere (an event, an action, a webhook that came in), has a trace of its
 * own, and its id says all about it: without its hyphens it is the trace's id, its last digits say whether the trace is
 * recorded, and the place of the first span follows from it. So no table has a column for traces, and every node knows for
 * nothing what the first one decided. docs/decisions/0019-traces.md.
 */

/** The last digits of the id of what is traced. An id has 56 random bits; 44 of them are left. */
const mark = '7ac';

/** Whether what has this id is traced. Other ids end so once in 4,096 times, which only costs a span. */
export function isTracedId(id: string): boolean {
  return id.endsWith(mark);
}

/** An id for what is stored now: it says whether this is part of a span. */
export function newIdIn(app: Pick<Traced, 'tracer' | 'span'> & { newId: () => string }): string {
  let id = app.newId();
  if (app.tracer === null) return id;
  if (app.span !== null) return id.slice(0, -mark.length) + mark;
  while (isTracedId(id)) id = app.newId();
  return id;
}

/**
 * The place of a span that belongs to an id (a UUID, version 7): its digits that are random, behind a number that tells
 * several apart.
 */
function spanIdOf(id: string, number: number): string {
  return (number & 255).toString(16).padStart(2, '0') + id.slice(21, 23) + id.slice(24);
}

/** Where the trace of an id begins. */
export function rootOf(id: string): SpanPlace {
  return { traceId: id.replaceAll('-', ''), spanId: spanIdOf(id, 0) };
}

/** Where an attempt of a delivery lies in the trace of its event; attempts count from 1. */
export function attemptPlace(eventId: string, deliveryId: string, number: number): SpanPlace {
  return { traceId: eventId.replaceAll('-', ''), spanId: spanIdOf(deliveryId, number) };
}

/** Begins the trace of what was stored just now as part of a span. Each of the two says where the other is. */
export function noteStored(
  { tracer, span }: Pick<Traced, 'tracer' | 'span'>,
  id: string,
  start: Omit<SpanStart, 'links'>,
): void {
  if (tracer === null || span === null) return;
  const place = rootOf(id);
  tracer.at(place, null, { ...start, links: [span.place] }).end();
  span.link(place);
}

/** A span of later work on what has this id, in its trace; null when it has none. */
export function spanOfId({ tracer }: Pick<Traced, 'tracer'>, id: string, start: SpanStart): Span | null {
  if (tracer === null || !isTracedId(id)) return null;
  const { traceId, spanId } = rootOf(id);
  return tracer.at({ traceId, spanId: null }, spanId, start);
}
