import { useRouterState } from '@tanstack/react-router';
import { getTracking } from '@trunkline/contract/tracking';
import type { TrackedPage } from '@trunkline/contract/tracking-plan';
import { useEffect } from 'react';
import { useOperation } from '../lib/api.ts';
import { asksForPrivacy, sendWaiting, setRecording, track } from '../lib/track.ts';
import { trackedPage } from '../lib/tracked-page.ts';

/** Where a followed link leads to documentation; null for any other link. */
export function documentationPlace(
  href: string,
  here: string,
): 'api_reference' | 'error' | 'provider' | null {
  if (!URL.canParse(href, here)) return null;
  const url = new URL(href, here);
  if (url.origin !== new URL(here).origin) return /^https?:$/.test(url.protocol) ? 'provider' : null;
  if (url.pathname.startsWith('/docs/errors')) return 'error';
  return url.pathname === '/docs' || url.pathname.startsWith('/docs/') ? 'api_reference' : null;
}

function useDocumentationLinks(page: TrackedPage): void {
  useEffect(() => {
    function follow({ target }: MouseEvent): void {
      const link = target instanceof Element ? target.closest('a[href]') : null;
      const place = link && documentationPlace(link.getAttribute('href') ?? '', window.location.href);
      if (place) track({ event: 'documentation_opened', properties: { place, page } });
    }
    document.addEventListener('click', follow, true);
    return () => document.removeEventListener('click', follow, true);
  }, [page]);
}

/**
 * Records which pages are opened, and sends what all pages record (docs/tracking.md). `organizationId`: null while nothing
 * of an organization is shown.
 */
export function useTracking(organizationId: string | null): void {
  const enabled = organizationId !== null && !asksForPrivacy();
  const { data } = useOperation(getTracking, {}, { enabled, staleTime: 60_000 });
  const recording = enabled ? (data?.recording ?? null) : false;
  const { href, route } = useRouterState({
    select: ({ matches, resolvedLocation }) => ({
      href: resolvedLocation?.pathname ?? '',
      route: matches.at(-1)?.fullPath ?? '',
    }),
    structuralSharing: true,
  });
  const page = trackedPage(route);
  // Another organization: what waits belongs to the one before.
  useEffect(() => {
    setRecording(null);
    return () => setRecording(false);
  }, [organizationId]);
  useEffect(() => {
    if (recording !== null) setRecording(recording);
  }, [recording, organizationId]);
  useEffect(() => {
    if (organizationId !== null && href !== '') track({ event: 'page_viewed', properties: { page } });
  }, [organizationId, href, page]);
  useDocumentationLinks(page);
  useEffect(() => {
    function hide(): void {
      if (document.visibilityState === 'hidden') sendWaiting();
    }
    document.addEventListener('visibilitychange', hide);
    window.addEventListener('pagehide', sendWaiting);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      window.removeEventListener('pagehide', sendWaiting);
    };
  }, []);
}
