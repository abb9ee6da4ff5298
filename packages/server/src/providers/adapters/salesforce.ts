import type { Adapters, Adapting } from './adapter.ts';
import { pathText, textAt } from './adapter.ts';

const root = '/services/data/v64.0';

/** A text within quotes of SOQL. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The id of the oldest record whose field has this value; undefined when there is none. */
async function firstId(
  io: Adapting,
  kind: 'Contact' | 'Account',
  field: string,
  value: string,
): Promise<string | undefined> {
  const query = `SELECT Id FROM ${kind} WHERE ${field} = ${quoted(value)} ORDER BY CreatedDate LIMIT 1`;
  const answer = await io.call({ method: 'GET', path: `${root}/query?q=${pathText(query)}` });
  return textAt(answer.json(), 'records', 0, 'Id');
}

/**
 * Contacts, found by their address. A company is linked where an account of that name is there; none is made, because
 * accounts are what sales people keep order in.
 */
export const salesforceAdapters: Adapters = {
  'crm.upsert_contact': {
    repeatable: true,
    duplicates:
      'The contact is looked for by its address first, so that a repetition changes the one that is there. Two actions for a new address at the same moment could make two, unless a duplicate rule of the organization refuses the second.',
    async run({ email, firstName, lastName, phone, company }, io) {
      const existing = await firstId(io, 'Contact', 'Email', email);
      const accountId = company === undefined ? undefined : await firstId(io, 'Account', 'Name', company);
      const fields = {
        Email: email,
        ...(firstName !== undefined && { FirstName: firstName }),
        ...(lastName !== undefined && { LastName: lastName }),
        ...(phone !== undefined && { Phone: phone }),
        ...(accountId !== undefined && { AccountId: accountId }),
      };
      if (existing !== undefined) {
        const path = `${root}/sobjects/Contact/${pathText(existing)}`;
        await io.call({ method: 'PATCH', path, json: fields });
        return { contactId: existing, created: false };
      }
      // A contact of Salesforce has a last name, of at most 80 characters.
      const json = { LastName: email.slice(0, 80), ...fields };
      const answer = await io.call({ method: 'POST', path: `${root}/sobjects/Contact`, json });
      return { contactId: textAt(answer.json(), 'id') ?? '', created: true };
    },
  },
};
