import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveStore, refetchInterval } from './live.ts';

function start() {
  const client = new QueryClient();
  client.setQueryData(['listWebhooks', {}], 1);
  client.setQueryData(['listAudit', {}], 1);
  const invalidate = vi.spyOn(client, 'invalidateQueries');
  const isStale = (name: string) => client.getQueryState([name, {}])?.isInvalidated;
  return { client, invalidate, isStale, store: createLiveStore(client) };
}

const message = (topic: 'webhooks' | 'audit', at = '2026-11-23T10:00:00.000Z') => ({ topic, at });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('createLiveStore', () => {
  it('marks stale at once what a message is about, and nothing else', () => {
    const { store, isStale } = start();
    store.receive(message('webhooks'));
    expect(isStale('listWebhooks')).toBe(true);
    expect(isStale('listAudit')).toBe(false);
    expect(store.getState().lastEventAt).toBe(Date.parse('2026-11-23T10:00:00.000Z'));
  });

  it('gathers a burst into one more refetch', () => {
    const { store, invalidate } = start();
    for (let count = 0; count < 50; count += 1) store.receive(message('webhooks'));
    expect(invalidate).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(refetchInterval);
    expect(invalidate).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(refetchInterval * 10);
    expect(invalidate).toHaveBeenCalledTimes(2);
  });

  it('changes nothing while paused and applies it all afterwards', () => {
    const { store, invalidate, isStale } = start();
    const seen: string[] = [];
    store.onMessage((each) => seen.push(each.topic));
    store.setPaused(true);
    store.receive(message('webhooks'));
    store.receive(message('audit'));
    vi.advanceTimersByTime(refetchInterval * 4);
    expect(invalidate).not.toHaveBeenCalled();
    expect(seen).toEqual([]);
    expect(store.getState()).toMatchObject({ waiting: 2, lastEventAt: null });
    store.setPaused(false);
    expect(isStale('listWebhooks')).toBe(true);
    expect(isStale('listAudit')).toBe(true);
    expect(seen).toEqual(['webhooks', 'audit']);
    expect(store.getState().waiting).toBe(0);
  });

  it('holds back what was already gathered when the pause begins', () => {
    const { store, invalidate } = start();
    store.receive(message('webhooks'));
    store.receive(message('audit'));
    store.setPaused(true);
    vi.advanceTimersByTime(refetchInterval * 4);
    expect(invalidate).toHaveBeenCalledTimes(1);
    store.setPaused(false);
    expect(invalidate).toHaveBeenCalledTimes(2);
  });

  it('takes for stale whatever was read before a connection, the first one included', () => {
    const { store, isStale } = start();
    expect(isStale('listAudit')).toBe(false);
    store.setStatus('reconnecting');
    expect(isStale('listAudit')).toBe(false);
    store.setStatus('live');
    expect(isStale('listAudit')).toBe(true);
  });
});
