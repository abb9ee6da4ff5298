import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { TrunklinePortal } from '../../packages/sdk/src/trunkline-portal.tsx';
import type { PortalToken } from '../../packages/sdk/src/embed-portal.ts';

/*
 * The page of a product that shows the portal, as its own developers would write it. What the portal tells it stands in the list
 * "Told"; its address says how the portal is to look.
 */

async function fetchToken(): Promise<PortalToken> {
  const response = await fetch('/portal-token', { method: 'POST' });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.json()) as PortalToken;
}

function Page() {
  const wanted = new URLSearchParams(window.location.search);
  const [told, setTold] = useState<string[]>([]);
  const [scheme, setScheme] = useState(
    wanted.get('scheme') === 'dark' ? ('dark' as const) : ('light' as const),
  );
  const tell = (text: string) => setTold((before) => [...before, text]);
  return createElement(
    'div',
    {
      style: {
        minHeight: '100vh',
        boxSizing: 'border-box',
        padding: 16,
        fontFamily: 'system-ui',
        background: scheme === 'dark' ? '#0b0d11' : '#f6f7f9',
        color: scheme === 'dark' ? '#f0f2f6' : '#141821',
      },
    },
    createElement('h1', null, 'Acme admin'),
    createElement('button', { onClick: () => setScheme('dark') }, 'Dark'),
    createElement(TrunklinePortal, {
      fetchToken,
      scheme,
      title: 'Portal',
      ...(wanted.has('accent') ? { accent: `#${wanted.get('accent')}` } : {}),
      ...(wanted.get('part') === 'webhooks' ? { part: 'webhooks' as const } : {}),
      onOpen: () => tell('opened'),
      onEnd: ({ reason }) => tell(`ended: ${reason}`),
      onError: (error) => tell(String(error)),
    }),
    createElement(
      'ul',
      { 'aria-label': 'Told' },
      told.map((text, index) => createElement('li', { key: index }, text)),
    ),
  );
}

createRoot(document.getElementById('root')!).render(createElement(Page));
