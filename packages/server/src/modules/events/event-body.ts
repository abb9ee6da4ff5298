import { writeExact } from '../../lib/exact-json.ts';

/**
 * The text that is signed and sent for an event: `{id, type, event, timestamp, data}`; `event` repeats the
 * type under the name that US AC-4 shows. `at` is in milliseconds since the epoch.
 */
export function eventBody(id: string, type: string, at: number, data: unknown): string {
  return eventBodyOf(id, type, at, writeExact(data));
}

/** As {@link eventBody}, of data that are JSON already. */
export function eventBodyOf(id: string, type: string, at: number, data: string): string {
  const quotedType = JSON.stringify(type);
  return `{"id":${JSON.stringify(id)},"type":${quotedType},"event":${quotedType},"timestamp":"${new Date(at).toISOString()}","data":${data}}`;
}
