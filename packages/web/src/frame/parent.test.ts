import { describe, expect, it, vi } from 'vitest';
import { connectParent, readMessage } from './parent.ts';

const mark = 'trunkline-portal-1';
const open = {
  mark,
  type: 'open',
  token: 'tl_portal_x',
  look: { scheme: 'dark', accent: '#0f766e' },
  part: null,
};

function frame() {
  let listener: ((event: MessageEvent) => void) | undefined;
  const page = { postMessage: vi.fn<(message: unknown, origin: string) => void>() };
  const own = {
    parent: page as unknown as Window,
    addEventListener: (_: string, added: unknown) => {
      listener = added as typeof listener;
    },
    removeEventListener: () => {
      listener = undefined;
    },
  };
  const heard: unknown[] = [];
  const parent = connectParent((message, origin) => heard.push([message.type, origin]), own);
  const say = (data: unknown, origin: string, source: unknown = page) =>
    listener?.({ data, origin, source } as MessageEvent);
  return { page, parent, heard, say };
}

describe('readMessage', () => {
  it('reads what a page may say, and nothing else', () => {
    expect(readMessage(open)).toEqual({
      type: 'open',
      token: 'tl_portal_x',
      look: { scheme: 'dark', accent: '#0f766e' },
      part: null,
    });
    expect(readMessage({ mark, type: 'look', look: { scheme: 'pink', accent: 'url(//evil)' } })).toEqual({
      type: 'look',
      look: { scheme: 'auto', accent: null },
    });
    expect(readMessage({ mark, type: 'view', top: 10, height: 500 })).toEqual({
      type: 'view',
      top: 10,
      height: 500,
    });
    for (const other of [
      null,
      'open',
      { ...open, mark: 'other' },
      { ...open, token: 7 },
      { mark, type: 'view', top: '10', height: Number.NaN },
      { mark, type: 'navigate', to: 'https://evil.test' },
    ]) {
      expect(readMessage(other)).toBeNull();
    }
  });
});

describe('connectParent', () => {
  it('listens to its parent alone, and after the first token to that origin alone', () => {
    const { heard, say, parent } = frame();
    say(open, 'https://app.test', {});
    say({ mark, type: 'look', look: {} }, 'https://app.test');
    expect(heard).toEqual([]);
    say(open, 'https://app.test');
    parent.trust('https://app.test');
    say(open, 'https://evil.test');
    say({ mark, type: 'look', look: {} }, 'https://app.test');
    expect(heard).toEqual([
      ['open', 'https://app.test'],
      ['look', 'https://app.test'],
    ]);
    parent.close();
    say(open, 'https://app.test');
    expect(heard).toHaveLength(2);
  });

  it('tells nobody anything but that it waits or was refused, until it knows its page', () => {
    const { page, parent } = frame();
    parent.send({ type: 'ready' });
    parent.send({ type: 'height', height: 900 });
    parent.send({ type: 'ended', reason: 'refused', detail: 'jane@acme.test may not' });
    expect(page.postMessage.mock.calls).toEqual([
      [{ mark, type: 'ready' }, '*'],
      [{ mark, type: 'ended', reason: 'refused', detail: '' }, '*'],
    ]);
    parent.trust('https://app.test');
    parent.send({ type: 'height', height: 900 });
    expect(page.postMessage).toHaveBeenLastCalledWith(
      { mark, type: 'height', height: 900 },
      'https://app.test',
    );
  });
});
