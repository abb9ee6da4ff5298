import type { SandboxReply, SandboxRequest } from './exchange.ts';

/** One call, as it is shown. No credential and no body is in it. */
export interface TrafficEntry {
  /** Counts up for each provider, from 1. */
  number: number;
  /** ISO 8601. */
  at: string;
  method: string;
  /** The provider's own address, with secrets masked. */
  url: string;
  /** How the caller proved who it is, masked; null when it did not. */
  credentials: string | null;
  /** Null: there was no answer. */
  status: number | null;
  /** Null while it hangs. */
  durationMs: number | null;
  outcome: 'answered' | 'dropped' | 'hangs';
}

const kept = 200;
const secretHeaders = /^(authorization|.*-(token|sig|key|signature)|.*api-?key.*)$/;
const secretNames = /token|secret|password|signature|code|key|assertion|credential/i;

/** The latest calls of one provider. */
export class Traffic {
  readonly #entries: TrafficEntry[] = [];
  #number = 0;

  /** Calls so far. */
  get count(): number {
    return this.#number;
  }

  /** Newest first, at most the latest two hundred. */
  get latest(): TrafficEntry[] {
    return [...this.#entries].reverse();
  }

  record(
    request: SandboxRequest,
    reply: SandboxReply,
    secrets: ReadonlySet<string>,
    times: { at: number; durationMs: number },
  ): void {
    this.#number += 1;
    const gone = reply.drop !== undefined || reply.hang === true;
    this.#entries.push({
      number: this.#number,
      at: new Date(times.at).toISOString(),
      method: request.method,
      url: maskedUrl(request, secrets),
      credentials: maskedCredentials(request),
      status: gone ? null : reply.status,
      durationMs: reply.hang ? null : Math.round(times.durationMs),
      outcome: reply.hang ? 'hangs' : reply.drop ? 'dropped' : 'answered',
    });
    if (this.#entries.length > kept) this.#entries.shift();
  }
}

/** The last four characters tell one key from another and are of no use to anybody. */
export function mask(secret: string): string {
  return secret.length > 12 ? `••••${secret.slice(-4)}` : '••••';
}

function maskedUrl({ scheme, host, path, query }: SandboxRequest, secrets: ReadonlySet<string>): string {
  const pairs = [...query].map(([name, value]) => `${name}=${secretNames.test(name) ? mask(value) : value}`);
  const whole = `${scheme}://${host}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  return [...secrets].reduce((text, secret) => text.replaceAll(secret, mask(secret)), whole);
}

function maskedCredentials({ headers }: SandboxRequest): string | null {
  const shown = Object.entries(headers)
    .filter(([name]) => secretHeaders.test(name))
    .map(([name, value]) => {
      const kind = /^\S+ (?=.)/.exec(value)?.[0] ?? '';
      return `${name}: ${kind}${mask(value.slice(kind.length))}`;
    });
  return shown.length > 0 ? shown.join(', ') : null;
}
