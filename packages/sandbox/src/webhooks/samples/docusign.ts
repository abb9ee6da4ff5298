import { uuidOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const envelope = ({ now, id, values }: SampleInput, event: string, status: string) => ({
  body: {
    event,
    apiVersion: 'v2.1',
    uri: `/restapi/v2.1/accounts/${values['accountId']}/envelopes/${uuidOf(id)}`,
    retryCount: 0,
    configurationId: 1,
    generatedDateTime: new Date(now).toISOString(),
    data: {
      accountId: values['accountId'],
      userId: '00000000-0000-0000-0000-000000000001',
      envelopeId: uuidOf(id),
      envelopeSummary: {
        status,
        emailSubject: 'Your offer',
        statusChangedDateTime: new Date(now).toISOString(),
      },
    },
  },
});

export const docusignSamples: SampleSet = {
  slugs: ['docusign'],
  events: {
    'envelope-completed': (input) => envelope(input, 'envelope-completed', 'completed'),
    'envelope-declined': (input) => envelope(input, 'envelope-declined', 'declined'),
  },
};
