import type { AttemptErrorCode } from '@trunkline/contract/deliveries';
import { EgressError } from '../lib/egress/errors.ts';
import type { Sender } from '../lib/egress/client.ts';
import type { SendResult } from '../lib/egress/send-result.ts';
import { brandHeaders, signBrand, signWebhook } from '../lib/webhook-signature.ts';
import type { Endpoint, Outcome, StoredEvent } from './types.ts';

/** How much of an answer the history keeps. */
const keptBodyLength = { success: 1_024, failure: 16_384 };
const keptHeadersLength = 8_192;

export interface AttemptSender {
  sender: Sender;
  clock: () => number;
  brand: string;
  timeoutMs: number;
  userAgent: string;
}

export function userAgentOf(brand: string, version: string): string {
  return `${brand}-Webhooks/${version}`;
}

/**
 * The headers of a delivery (WH-6) as a flat list: Standard Webhooks, and the documents' brand headers. `signatures`
 * are given back apart, so that the history can show exactly what was sent.
 */
function headerList(
  options: { brand: string; userAgent: string },
  event: Pick<StoredEvent, 'id' | 'key' | 'type'>,
  deliveryId: string,
  timestamp: number,
  signatures: string,
  traceparent: string | null,
): string[] {
  const line = signatures.indexOf('\n');
  const names = brandHeaders(options.brand);
  const headers = [
    'content-type',
    'application/json',
    'user-agent',
    options.userAgent,
    'webhook-id',
    event.key ?? event.id,
    'webhook-timestamp',
    String(timestamp),
    'webhook-signature',
    signatures.slice(0, line),
    names.signature,
    signatures.slice(line + 1),
    names.event,
    event.type,
    names.delivery,
    deliveryId,
  ];
  if (traceparent !== null) headers.push('traceparent', traceparent);
  return headers;
}

/** The same by name, for the request view. */
export function deliveryHeaders(...parts: Parameters<typeof headerList>): Record<string, string> {
  const list = headerList(...parts);
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) headers[list[i]!] = list[i + 1]!;
  return headers;
}

/**
 * Signs and posts one event to one endpoint. Never rejects: every fault is an outcome. `traceparent`: of the attempt's span,
 * when the endpoint is to be told of it.
 */
export function sendAttempt(
  options: AttemptSender,
  endpoint: Endpoint,
  event: StoredEvent,
  deliveryId: string,
  traceparent: string | null = null,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const startedAt = options.clock();
    const timestamp = Math.floor(startedAt / 1000);
    let signatures = '\n';
    const fail = (error: unknown): void =>
      resolve({
        startedAt,
        url: endpoint.url,
        signatures,
        ...outcomeOfError(error, options.clock() - startedAt),
      });
    try {
      signatures = signaturesOf(endpoint, event, startedAt, timestamp);
      const request = {
        origin: endpoint.origin,
        path: endpoint.path,
        method: 'POST',
        headers: headerList(options, event, deliveryId, timestamp, signatures, traceparent),
        body: event.body,
        timeoutMs: options.timeoutMs,
      };
      options.sender.dispatch(request, (error, response) => {
        if (error !== null) fail(error);
        else resolve(outcomeOfResponse(response!, startedAt, endpoint.url, signatures));
      });
    } catch (error) {
      fail(error);
    }
  });
}

function signaturesOf(endpoint: Endpoint, event: StoredEvent, now: number, timestamp: number): string {
  const { signingKeys, keysUntil } = endpoint;
  const keys =
    signingKeys.length === 1 ? signingKeys : signingKeys.filter((_key, place) => now < keysUntil[place]!);
  const standard = signWebhook(keys, event.key ?? event.id, timestamp, event.body);
  const brandKey = endpoint.brandKeys[0];
  return `${standard}\n${brandKey ? signBrand(brandKey, event.body) : ''}`;
}

function outcomeOfResponse(
  response: SendResult,
  startedAt: number,
  url: string,
  signatures: string,
): Outcome {
  const { status } = response;
  const success = status >= 200 && status < 300;
  const kept = success ? keptBodyLength.success : keptBodyLength.failure;
  return {
    success,
    responseStatus: status,
    errorCode: success ? null : status === 410 ? 'gone' : 'http_error',
    errorMessage: success ? null : describeStatus(status),
    responseHeaders: response.headers,
    responseBody: response.body.length > kept ? response.body.slice(0, kept) : response.body,
    responseTruncated: response.bodyTruncated || response.body.length > kept,
    startedAt,
    durationMs: response.durationMs,
    url,
    signatures,
  };
}

function describeStatus(status: number): string {
  if (status === 410) return 'The endpoint answered 410 Gone: it no longer wants deliveries.';
  if (status >= 300 && status < 400) {
    return `The endpoint answered ${status}, a redirect. Redirects are not followed; use the final URL.`;
  }
  if (status === 401 || status === 403) {
    return `The endpoint refused the request with ${status}. Check its authentication and the signing secret.`;
  }
  if (status === 404) return 'The endpoint answered 404: the path does not exist there.';
  if (status === 429) return 'The endpoint answered 429: it receives more than it wants.';
  if (status >= 500) return `The endpoint failed with ${status}.`;
  return `The endpoint answered ${status}; only 2xx counts as received.`;
}

const messages: Record<AttemptErrorCode, string> = {
  http_error: 'The endpoint answered with an error.',
  gone: 'The endpoint answered 410 Gone.',
  timeout: 'The endpoint did not answer in time.',
  dns: 'The host name does not resolve.',
  connect: 'No connection: nothing accepts requests at this address and port.',
  tls: 'The TLS handshake failed; check the certificate.',
  reset: 'The endpoint closed the connection before it answered.',
  too_large: 'The answer was too large.',
  blocked: 'The address is private or reserved, so the request was not sent.',
  protocol: 'The endpoint did not answer in valid HTTP.',
  crashed: 'The delivery ended its worker several times.',
};

type Answer = Omit<Outcome, 'startedAt' | 'url' | 'signatures'>;

function outcomeOfError(error: unknown, elapsedMs: number): Answer {
  const code = error instanceof EgressError ? attemptCode(error.code) : 'protocol';
  return {
    success: false,
    responseStatus: 0,
    errorCode: code,
    errorMessage: messages[code],
    responseHeaders: null,
    responseBody: null,
    responseTruncated: false,
    durationMs: Math.max(0, elapsedMs),
  };
}

function attemptCode(code: EgressError['code']): AttemptErrorCode {
  if (code === 'redirect') return 'http_error';
  if (code === 'aborted') return 'reset';
  return code;
}

/** Answers of one server within a second mostly share one header object, see ResponseReader. */
const keptTexts = new WeakMap<Readonly<Record<string, string>>, string>();

/** The response headers in the form that the history keeps. */
export function keptHeaders(headers: Readonly<Record<string, string>> | null): string | null {
  if (headers === null) return null;
  let text = keptTexts.get(headers);
  if (text === undefined) {
    text = JSON.stringify(headers);
    if (text.length > keptHeadersLength) text = JSON.stringify({ note: 'headers too large to keep' });
    keptTexts.set(headers, text);
  }
  return text;
}
