import { expect, it } from 'vitest';
import { documentationPlace } from './use-tracking.ts';

it.each([
  ['/docs', 'api_reference'],
  ['/docs#webhooks', 'api_reference'],
  ['/docs/errors/not_found', 'error'],
  ['https://api.slack.com/docs', 'provider'],
  ['/documents', null],
  ['/webhooks', null],
  ['mailto:somebody@example.com', null],
  ['http://%', null],
])('%s leads to %s', (href, place) => {
  expect(documentationPlace(href, 'https://trunkline.example/health')).toBe(place);
});
