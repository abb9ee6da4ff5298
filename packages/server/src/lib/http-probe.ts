import type { Socket } from 'node:net';
import { CheckLog } from './check-log.ts';
import type { StepObserver } from './check-log.ts';
import { portOf } from './egress/check-url.ts';
import { Deadline } from './egress/deadline.ts';
import type { Limits } from './egress/deadline.ts';
import { EgressError } from './egress/errors.ts';
import { wireRequest } from './egress/request-text.ts';
import type { RequestParts, WireRequest } from './egress/request-text.ts';
import type { ResponseHead } from './egress/response-head.ts';
import { ResponseReader } from './egress/response-reader.ts';
import { targetOf } from './egress/target.ts';
import { dialSteps } from './egress/tcp.ts';
import type { DialTarget, Dialer } from './egress/tcp.ts';
import { probe, RefusedError } from './probe.ts';
import type { ProbeResult } from './probe.ts';
import { createScrub } from './scrub.ts';

/** One request, to see whether it works. */
export interface HttpProbe {
  /** `https:`, or `http:` to an address of the allow list. */
  url: string;
  method: string;
  headers: RequestParts['headers'];
  body: string | Buffer | null;
  /** Masked wherever the other side repeats them. */
  secrets: readonly string[];
  /** Whether the answer is a good one. Default: any 2xx. */
  judge?: (answer: HttpAnswer) => HttpVerdict;
  /** Default `Call` with the host. */
  label?: string;
}

export interface HttpAnswer {
  /** Also 3xx: redirects are not followed. */
  status: number;
  headers: Readonly<Record<string, string>>;
  /** As it came, so possibly with a secret in it; at most 64 KiB. */
  body: string;
  bodyTruncated: boolean;
}

export interface HttpVerdict {
  ok: boolean;
  detail: string;
}

export interface HttpProbeResult extends ProbeResult {
  /** Null when none came. */
  answer: HttpAnswer | null;
}

export interface HttpProbeOptions {
  dialer: Dialer;
  /** Default: 15 s for everything, 10 s for each wait. */
  limits?: Limits;
  signal?: AbortSignal;
  observe?: StepObserver;
}

const defaultLimits: Limits = { totalMs: 15_000, stepMs: 10_000 };
const largestBody = 64 * 1024;

/**
 * Calls a URL once over a connection of its own, so that every step is seen: dns, tcp, tls, call. Redirects are not
 * followed. A failure of `refused` has the status and the body of the answer, for a classification.
 */
export async function probeHttp(request: HttpProbe, options: HttpProbeOptions): Promise<HttpProbeResult> {
  const { dialer, limits = defaultLimits, signal, observe } = options;
  const { judge = anySuccess } = request;
  const scrub = createScrub(request.secrets);
  const target = readTarget(request.url);
  const steps = target === null ? [] : dialSteps(target);
  const log = new CheckLog(
    [...steps, { key: 'call', label: request.label ?? `Call ${target?.host ?? 'the address'}` }],
    scrub,
    dialer.clock,
    observe,
  );
  let answer: HttpAnswer | null = null;
  const result = await probe(log, scrub, async () => {
    const { origin, path } = targetOf(request.url);
    const wire = wireRequest({ ...request, path }, new URL(origin).host);
    const deadline = new Deadline(limits, dialer.clock, signal);
    const socket = await dialer.open(target!, deadline, log);
    await log.run('call', async () => {
      answer = await exchange(socket, wire, deadline);
      const { ok, detail } = judge(answer);
      if (!ok) throw new RefusedError(detail, answer.body, answer.status);
      return { value: null, detail };
    });
  });
  return { ...result, answer };
}

function readTarget(url: string): DialTarget | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: portOf(parsed),
    tls: parsed.protocol === 'https:',
    alpn: ['http/1.1'],
  };
}

function anySuccess({ status }: HttpAnswer): HttpVerdict {
  return { ok: status >= 200 && status < 300, detail: `It answered ${status}.` };
}

async function exchange(socket: Socket, wire: WireRequest, deadline: Deadline): Promise<HttpAnswer> {
  try {
    const answered = new Promise<HttpAnswer>((resolve, reject) => {
      const reader = new ResponseReader();
      const chunks: Buffer[] = [];
      let head: ResponseHead | null = null;
      let room = largestBody;
      let bodyTruncated = false;
      const settle = (): void => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: head!.status, headers: head!.headers, body, bodyTruncated });
      };
      const ended = (): void => {
        if (reader.end()) settle();
        else
          reject(new EgressError('reset', 'The connection was closed before the answer was complete.', true));
      };
      reader.begin(
        {
          onHead: (got) => {
            head = got;
          },
          onBody: (bytes, from, to) => {
            const size = Math.min(room, to - from);
            chunks.push(Buffer.from(bytes.subarray(from, from + size)));
            room -= size;
            bodyTruncated = size < to - from;
            return !bodyTruncated;
          },
        },
        wire.method,
      );
      socket.on('data', (bytes: Buffer) => {
        try {
          reader.read(bytes, bytes.length);
          if (reader.done) settle();
        } catch (error) {
          reject(error);
        }
      });
      socket.on('end', ended);
      socket.on('close', ended);
      socket.write(wire.data, 'latin1');
    });
    return await deadline.limit(answered, 'No complete answer in time.');
  } catch (error) {
    // It was written: whatever went wrong, it may have arrived.
    throw error instanceof EgressError && !error.sent
      ? new EgressError(error.code, error.message, true, error.reason)
      : error;
  } finally {
    socket.destroy();
  }
}
