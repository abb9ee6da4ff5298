import { uuidOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const repository = { id: 1, name: 'website', full_name: 'acme/website', private: true };
const sender = { login: 'ada', id: 1, type: 'User' };

const headers = (event: string, { id }: SampleInput) => ({
  'X-GitHub-Event': event,
  'X-GitHub-Delivery': uuidOf(id),
  'X-GitHub-Hook-ID': '1',
  'user-agent': 'GitHub-Hookshot/sandbox',
});

export const githubSamples: SampleSet = {
  slugs: ['github'],
  events: {
    issues: (input) => ({
      headers: headers('issues', input),
      body: {
        action: 'opened',
        issue: { id: input.now, number: 42, title: 'The form does not open', state: 'open', user: sender },
        repository,
        sender,
      },
    }),
    ping: (input) => ({
      headers: headers('ping', input),
      body: { zen: 'Small steps arrive.', hook_id: 1, repository, sender },
    }),
  },
};
