import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, reconnectDelay } from './live-connection.ts';
import type { EventSourceLike } from './live-connection.ts';

class FakeSource implements EventSourceLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
}

function start() {
  const sources: FakeSource[] = [];
  const topics: string[] = [];
  const statuses: string[] = [];
  const stop = connect({
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    onMessage: (message) => topics.push(message.topic),
    onStatus: (status) => statuses.push(status),
    random: () => 0.5,
  });
  return { sources, topics, statuses, stop };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('connect', () => {
  it('opens again after a loss, later each time, and at once after a success', () => {
    const { sources, statuses } = start();
    sources[0]?.onerror?.(new Event('error'));
    expect(sources[0]?.closed).toBe(true);
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(2);
    sources[1]?.onerror?.(new Event('error'));
    vi.advanceTimersByTime(1999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    sources[2]?.onopen?.(new Event('open'));
    sources[2]?.onerror?.(new Event('error'));
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(4);
    expect(statuses).toEqual(['connecting', 'reconnecting', 'reconnecting', 'live', 'reconnecting']);
  });

  it('passes known messages and drops what it cannot read', () => {
    const { sources, topics } = start();
    for (const data of [
      '{"topic":"webhooks","at":"2026-11-23T10:00:00Z"}',
      'nonsense',
      '{"topic":"new","at":"x"}',
    ]) {
      sources[0]?.onmessage?.(new MessageEvent('message', { data }));
    }
    expect(topics).toEqual(['webhooks']);
  });

  it('stays closed once stopped', () => {
    const { sources, stop } = start();
    sources[0]?.onerror?.(new Event('error'));
    stop();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});

describe('reconnectDelay', () => {
  it('stays within 75 and 125 % of at most 30 s', () => {
    expect(reconnectDelay(0, 0)).toBe(750);
    expect(reconnectDelay(20, 0.999)).toBeLessThan(37_500);
  });
});
