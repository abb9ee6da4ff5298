import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { sharedNow } from './clock.ts';
import { dueMarker, dueWidth } from './events.ts';
import { MessageReader } from './message-reader.ts';
import { quantiles } from './statistics.ts';

/**
 * The endpoint of every scenario, a process of its own: counts requests and answers 200 at once. It reads sockets
 * and no more of HTTP than it must.
 *
 * Messages: `listen` opens ports; `reset` starts a new count and says when `target` is reached; `hang` names the
 * ports that accept and never answer from now on; `report` gives the count and the latencies of the ports in
 * `measured`, from the moment that a request was due at the load generator.
 */
export interface ReceiverCommand {
  listen?: { ports: number; tls?: { key: string; cert: string } };
  reset?: { target: number | null; measured?: number[] };
  hang?: number[];
  report?: boolean;
}

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
);
const marker = Buffer.from(dueMarker);
const hanging = new Set<number>();
const hungSockets = new Set<Socket>();
let count = 0;
let target = Infinity;
let measured = new Set<number>();
let latencies: number[] = [];

function accept(socket: Socket, port: number): void {
  socket.setNoDelay(true);
  const reader = new MessageReader((bytes, _start, bodyStart, end) => {
    if (hanging.has(port)) {
      hungSockets.add(socket);
      return;
    }
    count += 1;
    socket.write(answer);
    if (measured.has(port)) {
      const at = bytes.indexOf(marker, bodyStart);
      if (at !== -1 && at < end) {
        const due =
          Number(bytes.toString('latin1', at + marker.length, at + marker.length + dueWidth)) / 1000;
        latencies.push(sharedNow() - due);
      }
    }
    if (count === target) process.send?.({ reached: count, at: sharedNow() });
  });
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => hungSockets.delete(socket));
}

function listen(tls: { key: string; cert: string } | undefined): Promise<number> {
  let port = 0;
  const onSocket = (socket: Socket) => accept(socket, port);
  const server: Server = tls
    ? createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) }, onSocket)
    : createServer({ noDelay: true }, onSocket);
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
      port = (server.address() as AddressInfo).port;
      resolve(port);
    });
  });
}

process.on('message', (command: ReceiverCommand) => void obey(command));

async function obey(command: ReceiverCommand): Promise<void> {
  if (command.listen) {
    const ports: number[] = [];
    for (let i = 0; i < command.listen.ports; i += 1) ports.push(await listen(command.listen.tls));
    process.send?.({ ports });
  }
  if (command.hang) {
    hanging.clear();
    for (const port of command.hang) hanging.add(port);
    for (const socket of hungSockets) socket.destroy();
    hungSockets.clear();
    process.send?.({ ready: true });
  }
  if (command.reset) {
    count = 0;
    latencies = [];
    target = command.reset.target ?? Infinity;
    measured = new Set(command.reset.measured);
    process.send?.({ ready: true });
  }
  if (command.report) process.send?.({ count, ...quantiles(latencies) });
}
process.on('disconnect', () => process.exit(0));
