import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

const known =
  'Stripe knows the idempotency key, which is made from the action, for at least a day: a repetition gets the first answer.';

/** Every call carries the action's key. */
export const stripeAdapters: Adapters = {
  'payment.create_customer': {
    repeatable: true,
    duplicates: known,
    async run({ email, name }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/v1/customers',
        headers: { 'idempotency-key': io.key },
        form: [['email', email], ...(name === undefined ? [] : [['name', name] as const])],
      });
      return { customerId: textAt(answer.json(), 'id') ?? '' };
    },
  },
  'payment.create_account': {
    repeatable: true,
    duplicates: known,
    async run({ email, country }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/v1/accounts',
        headers: { 'idempotency-key': io.key },
        form: [
          ['type', 'express'],
          ['email', email],
          ['country', country],
        ],
      });
      return { accountId: textAt(answer.json(), 'id') ?? '' };
    },
  },
};

/** As above, in the account of the one who has connected. Accounts to pay out to are made by the platform, which is Stripe's. */
export const stripeConnectAdapters: Adapters = {
  'payment.create_customer': stripeAdapters['payment.create_customer']!,
};
