import { expect, it } from 'vitest';
import { trackedPage } from '../lib/tracked-page.ts';
import { navigation } from './navigation.ts';
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

it('has a word of the tracking plan for every entry of the navigation', () => {
  const own = navigation.flatMap(({ items }) => items.filter(({ external }) => !external));
  expect(own.filter(({ href }) => trackedPage(href) === 'other').map(({ href }) => href)).toEqual([]);
});
