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
 * The headers of a delivery (WH-6): Standard Webhooks, and the documents' brand headers. `signatures` are
 * given back apart, so that the history can show exactly what was sent.
 */
export function deliveryHeaders(
  options: { brand: string; userAgent: string },
  event: Pick<StoredEvent, 'id' | 'key' | 'type'>,
  deliveryId: string,
  timestamp: number,
  signatures: string,
): Record<string, string> {
  const [standard = '', brandSignature = ''] = signatures.split('\n');
  const names = brandHeaders(options.brand);
  return {
    'content-type': 'application/json',
    'user-agent': options.userAgent,
    'webhook-id': event.key ?? event.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standard,
    [names.signature]: brandSignature,
    [names.event]: event.type,
    [names.delivery]: deliveryId,
  };
}

/** Signs and posts one event to one endpoint. Never throws: every fault is an outcome. */
export async function sendAttempt(
  options: AttemptSender,
  endpoint: Endpoint,
  event: StoredEvent,
  deliveryId: string,
): Promise<Outcome> {
  const startedAt = options.clock();
  const timestamp = Math.floor(startedAt / 1000);
  let signatures = '\n';
  try {
    signatures = signaturesOf(endpoint, event, startedAt, timestamp);
    const response = await options.sender.send({
      origin: endpoint.origin,
      path: endpoint.path,
      method: 'POST',
      headers: deliveryHeaders(options, event, deliveryId, timestamp, signatures),
      body: event.body,
      timeoutMs: options.timeoutMs,
    });
    return { startedAt, url: endpoint.url, signatures, ...outcomeOfResponse(response) };
  } catch (error) {
    return {
      startedAt,
      url: endpoint.url,
      signatures,
      ...outcomeOfError(error, options.clock() - startedAt),
    };
  }
}

function signaturesOf(endpoint: Endpoint, event: StoredEvent, now: number, timestamp: number): string {
  const both = endpoint.signingKeys.length > 1 && now < endpoint.previousKeyUntil;
  const keys = both ? endpoint.signingKeys : endpoint.signingKeys.slice(0, 1);
  const standard = signWebhook(keys, event.key ?? event.id, timestamp, event.body);
  const brandKey = endpoint.brandKeys[0];
  return `${standard}\n${brandKey ? signBrand(brandKey, event.body) : ''}`;
}

type Answer = Omit<Outcome, 'startedAt' | 'url' | 'signatures'>;

function outcomeOfResponse(response: SendResult): Answer {
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
    durationMs: response.durationMs,
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

/** The response headers in the form that the history keeps. */
export function keptHeaders(headers: Record<string, string> | null): string | null {
  if (headers === null) return null;
  const text = JSON.stringify(headers);
  return text.length > keptHeadersLength ? JSON.stringify({ note: 'headers too large to keep' }) : text;
}
