import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { sharedNow } from './clock.ts';
import { dueMarker, dueWidth } from './events.ts';
import { MessageReader } from './message-reader.ts';

/**
 * The load generator, a process of its own: writes ready-made requests to keep-alive sockets, one in flight on each.
 * Without a rate the next request goes out with the answer to the one before. With a rate every request has a moment
 * at which it is due; when all sockets are busy it waits, and its latency counts from when it was due.
 */
export interface LoadCommand {
  ports: number[];
  /** Whole requests, taken in turn. */
  requests: string[];
  total: number;
  connections: number;
  /** Requests a second; unlimited unless given. */
  rate?: number;
}

export interface LoadReport {
  seconds: number;
  startedAt: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

interface Prepared {
  bytes: Buffer;
  /** Offset of the due moment; -1 for none. */
  due: number;
}

process.on('message', (command: LoadCommand) => {
  run(command).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`load generator: ${String(error)}\n`);
      process.send?.({ seconds: NaN, startedAt: NaN, statuses: {} } satisfies LoadReport);
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function run(command: LoadCommand): Promise<LoadReport> {
  const { ports, total, connections, rate } = command;
  const prepared = command.requests.map((text): Prepared => {
    const bytes = Buffer.from(text);
    const at = bytes.indexOf(dueMarker);
    return { bytes, due: at === -1 ? -1 : at + dueMarker.length };
  });
  const statuses: Record<string, number> = {};
  const idle: Socket[] = [];
  const sockets: Socket[] = [];
  let sent = 0;
  let done = 0;
  let startedAt = 0;
  let finish: (report: LoadReport) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;

  const send = (socket: Socket) => {
    const { bytes, due } = prepared[sent % prepared.length]!;
    const at = rate === undefined ? sharedNow() : startedAt + (sent * 1000) / rate;
    sent += 1;
    if (due === -1) {
      socket.write(bytes);
      return;
    }
    const copy = Buffer.from(bytes);
    copy.write(String(Math.round(at * 1000)).padStart(dueWidth, '0'), due, 'latin1');
    socket.write(copy);
  };

  for (let i = 0; i < connections; i += 1) {
    const socket = await opened(ports[i % ports.length]!);
    const reader = new MessageReader((bytes, start) => {
      const status = bytes.toString('latin1', start + 9, start + 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
      done += 1;
      if (done === total) finish({ seconds: (sharedNow() - startedAt) / 1000, startedAt, statuses });
      else if (sent >= total) return;
      else if (rate === undefined) send(socket);
      else if (isDue()) send(socket);
      else idle.push(socket);
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', (error) => fail(error));
    socket.on('close', () => fail(new Error('the server closed a connection')));
    sockets.push(socket);
  }
  const isDue = () => sent < total && sharedNow() >= startedAt + (sent * 1000) / rate!;

  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<LoadReport>((resolve, reject) => {
      finish = resolve;
      fail = reject;
      startedAt = sharedNow();
      if (rate === undefined) {
        for (const socket of sockets.slice(0, total)) send(socket);
        return;
      }
      idle.push(...sockets);
      timer = setInterval(() => {
        while (idle.length > 0 && isDue()) send(idle.shift()!);
      }, 1);
    });
  } finally {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  }
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
