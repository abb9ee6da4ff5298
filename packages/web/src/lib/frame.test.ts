import { afterEach, describe, expect, it } from 'vitest';
import { frameHeaders, isInFrame, setFrameSession } from './frame.ts';

afterEach(() => setFrameSession(null));

describe('isInFrame', () => {
  it.each([
    ['/webhooks', true, false],
    ['/webhooks/new?name=x', true, false],
    ['/webhooks/1#top', true, false],
    ['/webhooks/1/edit', true, false],
    ['/webhooks/1/else', false, false],
    ['/integrations?tab=available', false, true],
    ['/integrations/1', false, true],
    ['/integrations/1/2', false, false],
    ['/members', false, false],
    ['/webhooksx', false, false],
    ['//evil.test/webhooks', false, false],
  ])('%s: with webhooks %s, with integrations %s', (href, webhooks, integrations) => {
    expect(isInFrame(href, ['webhooks'])).toBe(webhooks);
    expect(isInFrame(href, ['integrations'])).toBe(integrations);
    expect(isInFrame(href, ['webhooks', 'integrations'])).toBe(webhooks || integrations);
    expect(isInFrame(href, [])).toBe(false);
  });
});

describe('frameHeaders', () => {
  it('carry the session while there is one', () => {
    expect(frameHeaders()).toEqual({});
    setFrameSession('tl_session_x', ['webhooks']);
    expect(frameHeaders()).toEqual({ authorization: 'Bearer tl_session_x' });
    setFrameSession(null);
    expect(frameHeaders()).toEqual({});
  });
});
