import { defineGroup } from './event-type.ts';
import { amount, count, nullable, object, text, time, url } from './schema.ts';

export const paymentEvents = defineGroup('Payments', {
  'payment.failed': {
    description: 'A payment of a customer did not go through.',
    data: {
      id: text('Id of the payment in your product.'),
      'invoiceId?': nullable(text('Id of the invoice that it was for.')),
      customer: object('Who was to pay.', {
        id: text('Id of the customer.'),
        name: nullable(text('Name, if known.')),
      }),
      amount: amount('Sum that was asked for.'),
      currency: text('ISO 4217 code.'),
      reason: text('Why it failed, in words.'),
      attempt: count('Which try it was.'),
      nextAttemptAt: nullable(time('When it is tried again; null when it is not.')),
      'paymentUrl?': url('Opens the payment in your product.'),
      failedAt: time('When it failed.'),
    },
    example: {
      id: 'PAY-77120',
      invoiceId: 'INV-2026-0311',
      customer: { id: 'CUS-420', name: 'Northwind Bank' },
      amount: 1290,
      currency: 'USD',
      reason: 'The card was declined.',
      attempt: 2,
      nextAttemptAt: '2026-11-26T09:00:00.000Z',
      paymentUrl: 'https://billing.example.com/payments/PAY-77120',
      failedAt: '2026-11-23T09:00:00.000Z',
    },
  },
});
