import type { z } from 'zod';
import type { DeliveryRequest, DeliveryResponse } from '@trunkline/contract/deliveries';
import type { App } from '../../ctx.ts';
import { attemptTraceparent } from '../../delivery/attempt-span.ts';
import { deliveryHeaders, userAgentOf } from '../../delivery/send-attempt.ts';

interface SentRequest {
  event: { id: string; key: string | null; type: string; body: string };
  deliveryId: string;
  /** Of the attempt; null for a test, which is not traced. */
  number: number | null;
  startedAt: number;
  signatures: string;
  url: string;
}

type Sending = Pick<App, 'config' | 'version' | 'tracer'>;

/** The headers exactly as an attempt sent them, as long as what is told of traces is configured as it was then. */
export function sentHeaders(
  { config, version, tracer }: Sending,
  sent: Omit<SentRequest, 'url'>,
): Record<string, string> {
  const { brand, sendTraceparent } = config;
  const told = sendTraceparent && tracer !== null && sent.number !== null;
  return deliveryHeaders(
    { brand, userAgent: userAgentOf(brand, version) },
    sent.event,
    sent.deliveryId,
    Math.floor(sent.startedAt / 1000),
    sent.signatures,
    told ? attemptTraceparent(sent.event.id, sent.deliveryId, sent.number!) : null,
  );
}

export function presentRequest(app: Sending, sent: SentRequest): z.infer<typeof DeliveryRequest> {
  return { method: 'POST', url: sent.url, headers: sentHeaders(app, sent), body: sent.event.body };
}

interface KeptResponse {
  responseStatus: number;
  responseHeaders: string | null;
  responseBody: string | null;
  responseTruncated: boolean;
}

/** Null when there was no answer. */
export function presentResponse(kept: KeptResponse): z.infer<typeof DeliveryResponse> | null {
  if (kept.responseStatus === 0) return null;
  return {
    status: kept.responseStatus,
    headers:
      kept.responseHeaders === null ? {} : (JSON.parse(kept.responseHeaders) as Record<string, string>),
    body: kept.responseBody ?? '',
    truncated: kept.responseTruncated,
  };
}
