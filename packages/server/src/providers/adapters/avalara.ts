import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { Adapters } from './adapter.ts';
import { listAt, textAt } from './adapter.ts';

type Address = CapabilityInput<'tax.quote'>['to'];

const money = (text: string | undefined): string => Number(text ?? 0).toFixed(2);

function addressOf({ line1, city, region, postalCode, country }: Address): Record<string, string> {
  return {
    ...(line1 !== undefined && { line1 }),
    ...(city !== undefined && { city }),
    ...(region !== undefined && { region }),
    ...(postalCode !== undefined && { postalCode }),
    country,
  };
}

/** Sales orders, which Avalara works out and forgets. */
export const avalaraAdapters: Adapters = {
  'tax.quote': {
    repeatable: true,
    duplicates: 'Nothing is changed: an order is an estimate, and Avalara does not record it.',
    async run({ currency, date, customerId, from, to, lines }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/transactions/create',
        readOnly: true,
        json: {
          type: 'SalesOrder',
          companyCode: io.values['companyCode'],
          date: date ?? new Date(io.now).toISOString().slice(0, 10),
          customerCode: customerId,
          currencyCode: currency,
          commit: false,
          addresses:
            from === undefined
              ? { singleLocation: addressOf(to) }
              : { shipFrom: addressOf(from), shipTo: addressOf(to) },
          lines: lines.map(({ lineId, amount, quantity, description, taxCode }) => ({
            number: lineId,
            quantity,
            amount: Number(amount),
            ...(description !== undefined && { description }),
            ...(taxCode !== undefined && { taxCode }),
          })),
        },
      });
      const content = answer.json();
      if (textAt(content, 'totalTax') === undefined) throw io.failure(answer.text, answer.status);
      return {
        amount: money(textAt(content, 'totalAmount')),
        tax: money(textAt(content, 'totalTax')),
        lines: listAt(content, 'lines').map((line) => ({
          lineId: textAt(line, 'lineNumber') ?? '',
          amount: money(textAt(line, 'lineAmount')),
          taxable: money(textAt(line, 'taxableAmount')),
          tax: money(textAt(line, 'tax')),
        })),
      };
    },
  },
};
