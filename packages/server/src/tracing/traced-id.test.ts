import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createUuid7 } from '../lib/uuid7.ts';
import { attemptPlace, isTracedId, newIdIn, rootOf } from './traced-id.ts';
import type { Span, Tracer } from './tracer.ts';

const newId = createUuid7(Date.now, randomBytes);
const tracer = {} as Tracer;
const span = {} as Span;
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('an id', () => {
  it('says that it is traced when it is made within a span, and never when it is not', () => {
    for (let i = 0; i < 20_000; i += 1)
      expect(isTracedId(newIdIn({ newId, tracer, span: null }))).toBe(false);
    const ids = Array.from({ length: 5_000 }, () => newIdIn({ newId, tracer, span }));
    expect(ids.every(isTracedId)).toBe(true);
    expect(ids.every((id) => uuid7.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    // Still in the order in which they were made: partitions and pages go by it.
    expect(ids.toSorted()).toEqual(ids);
  });

  it('is as it comes where nothing is traced', () => {
    expect(newIdIn({ newId: () => 'as it comes', tracer: null, span: null })).toBe('as it comes');
  });
});

describe('places', () => {
  const event = '0199b0f2-1c3d-7123-89ab-4567890127ac';
  // As the database makes it: the first 21 characters are the event's.
  const delivery = '0199b0f2-1c3d-7123-89f0-00112233aabb';

  it('follow from ids alone', () => {
    expect(rootOf(event)).toEqual({
      traceId: '0199b0f21c3d712389ab4567890127ac',
      spanId: '00ab4567890127ac',
    });
    expect(attemptPlace(event, delivery, 1)).toEqual({
      traceId: '0199b0f21c3d712389ab4567890127ac',
      spanId: '01f000112233aabb',
    });
  });

  it('differ from attempt to attempt, from delivery to delivery, and from the beginning', () => {
    const other = '0199b0f2-1c3d-7123-89f1-00112233aabb';
    const places = [
      rootOf(event).spanId,
      ...[1, 2, 15, 16, 255].map((number) => attemptPlace(event, delivery, number).spanId),
      attemptPlace(event, other, 1).spanId,
    ];
    expect(new Set(places).size).toBe(places.length);
    expect(places.every((place) => /^[0-9a-f]{16}$/.test(place))).toBe(true);
  });
});
