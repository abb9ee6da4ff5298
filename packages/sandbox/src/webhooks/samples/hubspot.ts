import type { SampleInput, SampleSet } from '../sample.ts';

const change = ({ now, id }: SampleInput, subscriptionType: string, fields: object = {}) => ({
  headers: { 'user-agent': 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebHooks' },
  body: [
    {
      eventId: Number.parseInt(Buffer.from(id).toString('hex').slice(0, 8), 16),
      subscriptionId: 1001,
      portalId: 12345678,
      appId: 2002,
      occurredAt: now,
      subscriptionType,
      attemptNumber: 0,
      objectId: 501,
      ...fields,
    },
  ],
});

export const hubspotSamples: SampleSet = {
  slugs: ['hubspot'],
  events: {
    'contact.creation': (input) =>
      change(input, 'contact.creation', { changeFlag: 'CREATED', changeSource: 'CRM' }),
    'contact.propertyChange': (input) =>
      change(input, 'contact.propertyChange', { propertyName: 'phone', propertyValue: '+16505550101' }),
  },
};
