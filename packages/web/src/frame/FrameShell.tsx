import { Outlet, useRouterState } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { Suspense, useEffect } from 'react';
import { AppLink } from '../components/AppLink.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { ButtonLink } from '../features/webhooks/ButtonLink.tsx';
import { isInFrame } from '../lib/frame.ts';
import { startLive } from '../lib/live.ts';
import { useSession } from '../lib/session.ts';

const partNames = { integrations: 'Integrations', webhooks: 'Webhooks' } as const;
type Part = keyof typeof partNames;

/** The first is where a frame begins. */
export function partsInOrder(parts: readonly Part[]): Part[] {
  return (Object.keys(partNames) as Part[]).filter((part) => parts.includes(part));
}

/** A link out of the application (documentation) opens beside the frame: in it, nothing but these pages may be shown. */
function useLinksOut(): void {
  useEffect(() => {
    function follow(event: MouseEvent): void {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (event.defaultPrevented || !(link instanceof HTMLAnchorElement) || link.target === '_blank') return;
      event.preventDefault();
      if (/^https?:$/.test(link.protocol)) window.open(link.href, '_blank', 'noopener');
    }
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, []);
}

/** Around every page of a frame: nothing but the way between its parts, where there are two. */
export function FrameShell() {
  const { portal } = useSession();
  const parts = partsInOrder(portal?.parts ?? []);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => startLive(true), []);
  useLinksOut();
  const [first] = parts;
  return (
    <div className="frame">
      {parts.length > 1 && (
        <nav className="frame-parts" aria-label="Parts">
          {parts.map((part) => (
            <AppLink
              key={part}
              className="frame-part"
              href={`/${part}`}
              aria-current={isInFrame(path, [part]) ? 'page' : undefined}
            >
              {partNames[part]}
            </AppLink>
          ))}
        </nav>
      )}
      <main id="main" tabIndex={-1}>
        {isInFrame(path, parts) ? (
          <Suspense>
            <Outlet />
          </Suspense>
        ) : (
          <EmptyState
            icon={SearchX}
            title="This is not part of this page"
            actions={
              first && <ButtonLink href={`/${first}`}>Go to {partNames[first].toLowerCase()}</ButtonLink>
            }
          />
        )}
      </main>
    </div>
  );
}
