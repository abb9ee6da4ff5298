import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asksForPrivacy, sendWaiting, setRecording, stopTracking, track } from './track.ts';
import { trackedPage } from './tracked-page.ts';

const viewed = { event: 'page_viewed', properties: { page: 'webhooks' } } as const;
let sent: { events: unknown[]; device: string }[] = [];
let status = 200;

beforeEach(() => {
  sent = [];
  status = 200;
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { doNotTrack: null });
  vi.stubGlobal('window', { innerWidth: 1440 });
  vi.stubGlobal('fetch', (_url: string, { body }: { body: string }) => {
    sent.push(JSON.parse(body) as (typeof sent)[number]);
    return Promise.resolve({ status });
  });
  setRecording(null);
});
afterEach(() => {
  stopTracking();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('track', () => {
  it('gathers events for a moment and sends them in one batch', () => {
    setRecording(true);
    track(viewed);
    track(viewed);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(sent).toEqual([{ device: 'wide', events: [viewed, viewed] }]);
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(1);
  });

  it('waits until it is known that something is recorded, and drops it when nothing is', () => {
    track(viewed);
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    setRecording(true);
    vi.advanceTimersByTime(2_000);
    expect(sent).toHaveLength(1);
    setRecording(null);
    track(viewed);
    setRecording(false);
    track(viewed);
    setRecording(true);
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(1);
  });

  it('sends 40 at most at once', () => {
    setRecording(true);
    for (let count = 0; count < 45; count += 1) track(viewed);
    expect(sent.map(({ events }) => events.length)).toEqual([40]);
    vi.advanceTimersByTime(2_000);
    expect(sent.map(({ events }) => events.length)).toEqual([40, 5]);
  });

  it('sends what waits when the page goes', () => {
    setRecording(true);
    track(viewed);
    sendWaiting();
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['the session is over', 401],
    ['the person may not, or the organization records nothing', 403],
  ])('stops when %s', async (_, answer) => {
    status = answer;
    setRecording(true);
    track(viewed);
    await vi.advanceTimersByTimeAsync(2_000);
    track(viewed);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toHaveLength(1);
  });

  it('goes on when a batch is refused for another reason, or nobody answers', async () => {
    status = 429;
    setRecording(true);
    track(viewed);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.stubGlobal('fetch', (_url: string, { body }: { body: string }) => {
      sent.push(JSON.parse(body) as (typeof sent)[number]);
      return Promise.reject(new TypeError('Failed to fetch'));
    });
    track(viewed);
    await vi.advanceTimersByTimeAsync(2_000);
    track(viewed);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toHaveLength(3);
  });

  it.each([{ doNotTrack: '1' }, { globalPrivacyControl: true }])(
    'takes nothing in a browser with %j',
    (browser) => {
      vi.stubGlobal('navigator', browser);
      expect(asksForPrivacy()).toBe(true);
      setRecording(true);
      track(viewed);
      vi.advanceTimersByTime(2_000);
      expect(sent).toEqual([]);
    },
  );
});

describe('trackedPage', () => {
  it('names routes by the plan, and never by an address', () => {
    expect(trackedPage('/webhooks/$webhookId/edit')).toBe('webhook_form');
    expect(trackedPage('/webhooks/0198-secret')).toBe('other');
  });
});
