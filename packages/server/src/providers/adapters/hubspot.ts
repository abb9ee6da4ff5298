import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Contacts, found by their address. */
export const hubspotAdapters: Adapters = {
  'crm.upsert_contact': {
    repeatable: true,
    duplicates: 'HubSpot keeps one contact for an address: saving it again changes nothing.',
    async run({ email, firstName, lastName, phone, company }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/crm/v3/objects/contacts/batch/upsert',
        json: {
          inputs: [
            {
              idProperty: 'email',
              id: email,
              properties: {
                email,
                ...(firstName !== undefined && { firstname: firstName }),
                ...(lastName !== undefined && { lastname: lastName }),
                ...(phone !== undefined && { phone }),
                ...(company !== undefined && { company }),
              },
            },
          ],
        },
      });
      const { results = [] } = answer.json() as { results?: unknown[] };
      const [contact] = results;
      const isNew = (contact as { new?: unknown } | undefined)?.new;
      return { contactId: textAt(contact, 'id') ?? '', created: typeof isNew === 'boolean' ? isNew : null };
    },
  },
};
