import ipaddr from 'ipaddr.js';
import { parseAddress } from '../lib/egress/address.ts';

const minuteMs = 60_000;
/** A client may be wrong so often in a minute, and so often more for each webhook of its own that was right. */
const allowedWrong = 60;
const wrongPerRight = 4;
/** Clients that are remembered; whoever begins after that takes the place of the one that began first. */
const mostClients = 10_000;

interface Minute<Reason> {
  startedAt: number;
  wrong: number;
  right: number;
  reason: Reason;
}

/**
 * How often each client was refused in the running minute at this node. Only what was wrong counts, so that a burst of right
 * webhooks is never held up; who is right as well, such as a provider that sends for many of its customers from one address,
 * may be wrong more often.
 */
export class RefusalLimit<Reason> {
  readonly #now: () => number;
  readonly #minutes = new Map<string, Minute<Reason>>();

  /** `now` in steady milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null for a client that may go on, else the whole seconds until it may, and why it was refused before. */
  judge(client: string): { waitSeconds: number; reason: Reason } | null {
    const minute = this.#running(client);
    if (minute === undefined || minute.wrong < allowedWrong + wrongPerRight * minute.right) return null;
    const waitSeconds = Math.max(1, Math.ceil((minute.startedAt + minuteMs - this.#now()) / 1000));
    return { waitSeconds, reason: minute.reason };
  }

  wasWrong(client: string, reason: Reason): void {
    const minute = this.#running(client);
    if (minute === undefined) {
      this.#minutes.delete(client);
      const [first] = this.#minutes.keys();
      if (this.#minutes.size >= mostClients && first !== undefined) this.#minutes.delete(first);
      this.#minutes.set(client, { startedAt: this.#now(), wrong: 1, right: 0, reason });
      return;
    }
    minute.wrong += 1;
    minute.reason = reason;
  }

  /** Counts only beside what was wrong: nobody is remembered for being right. */
  wasRight(client: string): void {
    const minute = this.#running(client);
    if (minute !== undefined) minute.right += 1;
  }

  #running(client: string): Minute<Reason> | undefined {
    const minute = this.#minutes.get(client);
    return minute !== undefined && this.#now() - minute.startedAt < minuteMs ? minute : undefined;
  }
}

/** Who counts as one client: an IPv4 address, or the /64 that one network of IPv6 has to itself. */
export function clientNetwork(client: string | null): string {
  const address = client === null ? null : parseAddress(client);
  if (address === null) return 'unknown';
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.parts.slice(0, 4).join(':');
}
