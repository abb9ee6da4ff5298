import type { EventDraft, InboundSwitchDefinition, NormalizeContext } from '../../inbound/types.ts';
import { textAt } from './adapter.ts';
import { idOf, received, requireObject, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

export const stripeSwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'payment.failed', label: 'Failed payments' },
];

/** Currencies whose smallest unit is not a hundredth, as Stripe counts them. */
const whole = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const thousandths = new Set('BHD JOD KWD OMR TND'.split(' '));

/** One event. A payment that failed has an event of its own, once: an invoice's payment is told by the invoice. */
export const normalizeStripe: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const kind = required(textAt(content, 'type'), 'type');
  const id = idOf([textAt(content, 'id')], context);
  const object = (content['data'] as { object?: Record<string, unknown> } | undefined)?.object ?? {};
  const data = failedPayment(kind, object, textAt(content, 'created'), context);
  const event: EventDraft = data
    ? { type: 'payment.failed', data, id }
    : received(kind, content, context, [id]);
  return { kind, events: [event] };
};

function failedPayment(
  kind: string,
  object: Record<string, unknown>,
  created: string | undefined,
  context: NormalizeContext,
): Record<string, unknown> | null {
  const at = (...path: string[]) => textAt(object, ...path);
  // Only an explicit null says that no invoice reports the same failure; newer versions of the API leave it out.
  const isInvoice = kind === 'invoice.payment_failed';
  const isAlone = kind === 'payment_intent.payment_failed' && object['invoice'] === null;
  if (!isInvoice && !isAlone) return null;
  const currency = (at('currency') ?? '').toUpperCase();
  const next = at('next_payment_attempt');
  const paymentUrl = at('hosted_invoice_url');
  return {
    id: required(at('id'), 'data.object.id'),
    ...(isInvoice && { invoiceId: at('id') ?? null }),
    customer: { id: at('customer') ?? at('customer', 'id') ?? 'unknown', name: at('customer_name') ?? null },
    amount: majorUnits(Number(at('amount_due') ?? at('amount') ?? 0), currency),
    currency,
    reason:
      at('last_payment_error', 'message') ??
      at('last_finalization_error', 'message') ??
      'The payment did not go through.',
    attempt: Math.max(1, Number(at('attempt_count') ?? 1)),
    nextAttemptAt: next === undefined ? null : timeOf(next, context),
    ...(paymentUrl !== undefined && { paymentUrl }),
    failedAt: timeOf(created, context),
  };
}

function majorUnits(amount: number, currency: string): number {
  if (whole.has(currency)) return amount;
  return amount / (thousandths.has(currency) ? 1000 : 100);
}
