import { Button, Loader, MantineProvider } from '@mantine/core';
import type { MantineColorSchemeManager } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { AppWindow, Clock, ShieldAlert } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { router } from '../app/router.tsx';
import { queryClient } from '../lib/query-client.ts';
import { theme } from '../theme/theme.ts';
import { accentTokens } from './accent.ts';
import { startFrameSession } from './frame-session.ts';
import type { FrameState } from './frame-session.ts';
import { reportHeight } from './report-height.ts';
import './frame.css';

const frame = startFrameSession();

/** In memory: storage of a frame may be refused, and its page says how it looks. */
const noManager: MantineColorSchemeManager = {
  get: (otherwise) => otherwise,
  set: () => {},
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => {},
};

function useLook(): 'light' | 'dark' | undefined {
  const { scheme, accent } = useSyncExternalStore(frame.subscribe, frame.look);
  useEffect(() => {
    const tokens = accent === null ? {} : accentTokens(accent);
    const { style } = document.documentElement;
    for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value);
    return () => {
      for (const name of Object.keys(tokens)) style.removeProperty(name);
    };
  }, [accent]);
  useEffect(() => {
    // By the reader's system, it may be dark where its page is light.
    document.documentElement.toggleAttribute('data-transparent', scheme !== 'auto');
  }, [scheme]);
  return scheme === 'auto' ? undefined : scheme;
}

const heading = <h1 className="visually-hidden">Portal</h1>;

/** What stands in the place of the pages while there is no session. */
function Gate({ state }: { state: Exclude<FrameState, { at: 'open' }> }) {
  if (state.at === 'waiting' && !state.long) {
    return (
      <main className="frame-gate" aria-busy>
        {heading}
        <Loader aria-label="Opening" />
      </main>
    );
  }
  if (state.at === 'alone') {
    return (
      <main className="frame-gate">
        {heading}
        <EmptyState icon={AppWindow} title="This page belongs inside another one">
          It is shown in the product that you use, and does not open by itself.
        </EmptyState>
      </main>
    );
  }
  const again = (
    <Button variant="default" onClick={frame.askAgain}>
      {state.at === 'ended' && state.reason === 'expired' ? 'Continue' : 'Try again'}
    </Button>
  );
  if (state.at === 'waiting') {
    return (
      <main className="frame-gate">
        {heading}
        <div role="alert">
          <EmptyState icon={Clock} title="No access was given yet" actions={again}>
            The page around this one has not answered. Try again, or load the page anew.
          </EmptyState>
        </div>
      </main>
    );
  }
  const title = state.reason === 'refused' ? 'This page could not be opened' : 'Your session has ended';
  return (
    <main className="frame-gate">
      {heading}
      <div role="alert">
        <EmptyState icon={state.reason === 'expired' ? Clock : ShieldAlert} title={title} actions={again}>
          {state.detail}
        </EmptyState>
      </div>
    </main>
  );
}

/** These pages in a frame of a product: without navigation, in its theme, for as long as its token says (APIS-4). */
export function FrameApp() {
  const scheme = useLook();
  const state = useSyncExternalStore(frame.subscribe, frame.state);
  useEffect(() => reportHeight((height) => frame.send({ type: 'height', height })), []);
  const part = frame.part();
  useEffect(() => {
    if (state.at === 'open' && part !== null) void router.navigate({ to: `/${part}`, replace: true });
    // Only where it begins.
  }, [state.at, part]);
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={noManager}
      defaultColorScheme="auto"
      {...(scheme ? { forceColorScheme: scheme } : {})}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        {state.at === 'open' ? <RouterProvider router={router} /> : <Gate state={state} />}
        <Notifications position="bottom-right" limit={3} zIndex={1200} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
