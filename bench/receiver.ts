import { createServer } from 'node:http';

/**
 * The endpoint of the benchmarks, a process of its own: answers 200 at once and counts. `{reset}` starts a new
 * count; `{report}` answers with the count and, per message id, the monotonic time of its first arrival.
 */
const okHead = { 'content-type': 'application/json', 'content-length': '2' };
let count = 0;
let arrivals = new Map<string, number>();
let keepTimes = false;
let target = Infinity;

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, okHead);
    response.end('{}');
    count += 1;
    if (keepTimes) {
      const id = request.headers['webhook-id'];
      if (typeof id === 'string' && !arrivals.has(id))
        arrivals.set(id, performance.timeOrigin + performance.now());
    }
    if (count === target) process.send?.({ reached: count });
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', (message: { reset?: boolean; times?: boolean; target?: number; report?: boolean }) => {
  if (message.reset) {
    count = 0;
    arrivals = new Map();
    keepTimes = message.times ?? false;
    target = message.target ?? Infinity;
    process.send?.({ ready: true });
  }
  if (message.report) process.send?.({ count, arrivals: [...arrivals] });
});
process.on('disconnect', () => process.exit(0));

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
