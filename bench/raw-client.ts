import { readFileSync } from 'node:fs';
import { sharedNow } from './clock.ts';
import { deliveryBody, eventOf } from './events.ts';
import { ownSender, signedSender } from './signed-sender.ts';

/**
 * What one process can send at most with the fastest of the public HTTP clients: signed deliveries of the
 * product's size, nothing stored.
 */
export interface RawCommand {
  origin: string;
  total: number;
  inFlight: number;
  /** With the product's client instead of undici. */
  own?: boolean;
  /** File with the certificate of a TLS endpoint. */
  ca?: string;
}

process.on('message', (command: RawCommand) => void run(command));
process.on('disconnect', () => process.exit(0));

async function run({ origin, total, inFlight, own, ca }: RawCommand): Promise<void> {
  const sender = own
    ? ownSender(origin, inFlight)
    : signedSender(origin, inFlight, ca === undefined ? undefined : readFileSync(ca));
  const body = deliveryBody('01900000-0000-7000-8000-000000000000', eventOf('bench.one'));
  const before = process.cpuUsage();
  const started = sharedNow();
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let done = 0;
    const next = () => {
      sent += 1;
      sender.send(`raw-${sent}`, body, answered);
    };
    const answered = (error?: Error) => {
      if (error) reject(error);
      done += 1;
      if (done === total) resolve();
      else if (sent < total) next();
    };
    for (let i = 0; i < Math.min(inFlight, total); i += 1) next();
  });
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds: (sharedNow() - started) / 1000, cpuMicroseconds: user + system });
  await sender.close();
}
