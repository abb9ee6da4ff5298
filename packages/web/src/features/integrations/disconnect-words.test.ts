import { expect, it } from 'vitest';
import { disconnectedWords } from './disconnect-words.ts';

it('says whether the provider confirmed, and never more than is known', () => {
  const words = (revoked: boolean | null) => disconnectedWords({ revoked, detail: 'd' }, 'Slack');
  expect(words(true)).toEqual({ tone: 'active', title: 'Slack confirmed that access has ended', text: 'd' });
  expect(words(false)).toMatchObject({ tone: 'degraded', title: expect.stringContaining('did not confirm') });
  expect(words(null).title).not.toContain('Slack');
});
