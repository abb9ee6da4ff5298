import { expect, it } from 'vitest';
import { parseTraceparent, traceparentOf } from './traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

it('reads what the standard gives as examples', () => {
  expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true });
  expect(parseTraceparent(`00-${traceId}-${spanId}-00`)).toEqual({ traceId, spanId, sampled: false });
});

it('looks at the one flag that it knows, and reads later versions as far as they are the same', () => {
  expect(parseTraceparent(`00-${traceId}-${spanId}-03`)?.sampled).toBe(true);
  expect(parseTraceparent(`00-${traceId}-${spanId}-02`)?.sampled).toBe(false);
  expect(parseTraceparent(`cc-${traceId}-${spanId}-01-what-comes-then`)?.sampled).toBe(true);
});

it.each([
  null,
  undefined,
  '',
  `ff-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `00-${traceId}-${spanId}-1`,
  ` 00-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
])('takes %j for no header at all', (header) => {
  expect(parseTraceparent(header)).toBeNull();
});

it('writes what it reads', () => {
  expect(parseTraceparent(traceparentOf({ traceId, spanId }))).toEqual({ traceId, spanId, sampled: true });
});
