import type { z } from 'zod';
import type { DeliveryRequest, DeliveryResponse } from '@trunkline/contract/deliveries';
import { deliveryHeaders, userAgentOf } from '../../delivery/send-attempt.ts';

interface SentRequest {
  event: { id: string; key: string | null; type: string; body: string };
  deliveryId: string;
  startedAt: number;
  signatures: string;
  url: string;
}

/** The headers exactly as an attempt sent them. */
export function sentHeaders(
  brand: string,
  version: string,
  sent: Omit<SentRequest, 'url'>,
): Record<string, string> {
  return deliveryHeaders(
    { brand, userAgent: userAgentOf(brand, version) },
    sent.event,
    sent.deliveryId,
    Math.floor(sent.startedAt / 1000),
    sent.signatures,
  );
}

export function presentRequest(
  brand: string,
  version: string,
  sent: SentRequest,
): z.infer<typeof DeliveryRequest> {
  return { method: 'POST', url: sent.url, headers: sentHeaders(brand, version, sent), body: sent.event.body };
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
