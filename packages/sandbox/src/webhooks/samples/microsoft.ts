import { uuidOf } from '../sample.ts';
import type { SampleSet } from '../sample.ts';

export const microsoftSamples: SampleSet = {
  slugs: ['microsoft-365', 'microsoft-teams'],
  events: {
    created: ({ now, id }) => ({
      body: {
        value: [
          {
            id: uuidOf(id),
            subscriptionId: '00000000-0000-0000-0000-000000000011',
            subscriptionExpirationDateTime: new Date(now + 3_600_000).toISOString(),
            changeType: 'created',
            resource: `me/events/${id}`,
            resourceData: { '@odata.type': '#Microsoft.Graph.Event', id },
            tenantId: '00000000-0000-0000-0000-000000000012',
          },
        ],
      },
    }),
  },
};
