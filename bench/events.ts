/** Where an event carries the moment that it was due, in microseconds of `sharedNow`, as a text of fixed width. */
export const dueMarker = '"due":"';
export const dueWidth = 16;

/** About 500 bytes once the product has put its envelope around it. */
const data = { id: 'JOB-2026-1234', title: 'Senior Java Developer', note: 'x'.repeat(270) };

/** An event as a caller posts it. */
export function eventOf(type: string): string {
  return `{"type":"${type}","data":{${dueMarker}${'0'.repeat(dueWidth)}",${JSON.stringify(data).slice(1)}}`;
}

/** What the product would send for it; the raw client and the stock queues send the same. */
export function deliveryBody(id: string, event: string): string {
  const { type, data: payload } = JSON.parse(event) as { type: string; data: unknown };
  return `{"id":"${id}","type":"${type}","event":"${type}","timestamp":"${new Date().toISOString()}","data":${JSON.stringify(payload)}}`;
}

/** A whole request for the load generator, which writes it to its sockets as it is. */
export function postRequest(apiKey: string, body: string): string {
  return [
    'POST /api/v1/events HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${apiKey}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
