// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { embedPortal } from './embed-portal.ts';
import type { PortalEnd, PortalOptions } from './embed-portal.ts';
import { TrunklinePortal } from './trunkline-portal.tsx';

const mark = 'trunkline-portal-1';
const server = 'https://trunkline.example.com';
const url = `${server}/embed/01890000-0000-7000-8000-000000000000`;

let count = 0;
const fetchToken = vi.fn<PortalOptions['fetchToken']>(async () => ({ token: `tl_portal_${++count}`, url }));

beforeEach(() => {
  count = 0;
  fetchToken.mockClear();
});
afterEach(() => {
  cleanup();
  document.body.replaceChildren();
});

/** A portal whose frame has its address, and what was posted into it. */
async function start(options: Partial<PortalOptions> = {}) {
  const portal = embedPortal(document.body, { fetchToken, ...options });
  await vi.waitFor(() => expect(portal.frame.getAttribute('src')).toBe(url));
  const inside = portal.frame.contentWindow!;
  const posted = vi.spyOn(inside, 'postMessage').mockImplementation(() => {});
  const say = (data: unknown, origin = server, source: unknown = inside) =>
    window.dispatchEvent(new MessageEvent('message', { data, origin, source: source as Window }));
  return { portal, posted, say };
}

describe('embedPortal', () => {
  it('hands the token to the origin of the frame alone, when it is asked for, and never by an address', async () => {
    const { portal, posted, say } = await start({ scheme: 'dark', accent: '#0f766e', part: 'webhooks' });
    expect(posted).not.toHaveBeenCalled();
    say({ mark, type: 'ready' }, 'https://evil.test');
    say({ mark, type: 'ready' }, server, window);
    say({ type: 'ready' });
    expect(posted).not.toHaveBeenCalled();
    say({ mark, type: 'ready' });
    expect(posted.mock.calls).toEqual([
      [
        {
          mark,
          type: 'open',
          token: 'tl_portal_1',
          look: { scheme: 'dark', accent: '#0f766e' },
          part: 'webhooks',
        },
        server,
      ],
    ]);
    expect(portal.frame.src).not.toContain('tl_portal');
  });

  it('gives each question a new token: after an end, and before the session is over', async () => {
    const onOpen = vi.fn<() => void>();
    const onEnd = vi.fn<(end: PortalEnd) => void>();
    const { posted, say } = await start({ onOpen, onEnd });
    const tokens = () =>
      posted.mock.calls.flatMap(([message]) => {
        const { type, token } = message as unknown as { type: string; token: string };
        return type === 'open' ? [token] : [];
      });
    say({ mark, type: 'ready' });
    say({ mark, type: 'opened', secondsLeft: 900 });
    expect(onOpen).toHaveBeenCalledTimes(1);
    say({ mark, type: 'expiring', secondsLeft: 60 });
    say({ mark, type: 'expiring', secondsLeft: 60 });
    await vi.waitFor(() => expect(tokens()).toEqual(['tl_portal_1', 'tl_portal_2']));
    say({ mark, type: 'ended', reason: 'expired', detail: 'Over.' });
    expect(onEnd.mock.calls).toEqual([[{ reason: 'expired', detail: 'Over.' }]]);
    say({ mark, type: 'ready' });
    await vi.waitFor(() => expect(tokens()).toEqual(['tl_portal_1', 'tl_portal_2', 'tl_portal_3']));
  });

  it('tells of a token that does not come, and sends none of another server', async () => {
    const onError = vi.fn<(error: unknown) => void>();
    const { posted, say } = await start({ onError });
    say({ mark, type: 'ready' });
    posted.mockClear();
    fetchToken.mockRejectedValueOnce(new Error('no'));
    say({ mark, type: 'expiring' });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1));
    fetchToken.mockResolvedValueOnce({ token: 'tl_portal_x', url: 'https://evil.test/embed/1' });
    say({ mark, type: 'expiring' });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(2));
    fetchToken.mockResolvedValueOnce({} as never);
    say({ mark, type: 'expiring' });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(3));
    expect(posted).not.toHaveBeenCalled();
  });

  it('is as high as the frame says, within reason', async () => {
    const { portal, say } = await start({ minHeight: 300 });
    const heights = [1234.5, 10, Number.NaN, 1e9].map((height) => {
      say({ mark, type: 'height', height });
      return portal.frame.style.height;
    });
    expect(heights).toEqual(['1235px', '300px', '300px', '100000px']);
    say({ mark, type: 'height', height: 700 }, 'https://evil.test');
    expect(portal.frame.style.height).toBe('100000px');
  });

  it('leaves nothing behind', async () => {
    const { portal, posted, say } = await start();
    portal.remove();
    expect(document.querySelector('iframe')).toBeNull();
    say({ mark, type: 'ready' });
    expect(posted).not.toHaveBeenCalled();
  });
});

describe('TrunklinePortal', () => {
  it('has one frame, also where React runs effects twice, and hands on a new look without loading it anew', async () => {
    const look = (scheme: 'light' | 'dark') => (
      <StrictMode>
        <TrunklinePortal fetchToken={fetchToken} scheme={scheme} className="portal" title="Ours" />
      </StrictMode>
    );
    const { container, rerender, unmount } = render(look('light'));
    const frame = container.querySelector<HTMLIFrameElement>('.portal iframe')!;
    await vi.waitFor(() => expect(frame.getAttribute('src')).toBe(url));
    expect(container.querySelectorAll('iframe')).toHaveLength(1);
    expect(frame.title).toBe('Ours');
    const inside = frame.contentWindow;
    if (inside === null) throw new Error('the frame has no window');
    const posted = vi.spyOn(inside, 'postMessage').mockImplementation(() => {});
    await act(async () => rerender(look('dark')));
    expect(posted.mock.calls).toEqual([
      [{ mark, type: 'look', look: { scheme: 'dark', accent: null } }, server],
    ]);
    expect(container.querySelector('iframe')).toBe(frame);
    unmount();
    expect(document.querySelector('iframe')).toBeNull();
  });
});
