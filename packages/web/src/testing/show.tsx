import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from '@tanstack/react-router';
import { cleanup, configure, render } from '@testing-library/react';
import { allows, permissions } from '@trunkline/contract/permissions';
import type { Permission, Role } from '@trunkline/contract/permissions';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { sessionQuery } from '../lib/session.ts';
import { setRecording, stopTracking } from '../lib/track.ts';
import { ReauthenticationDialog } from '../features/auth/ReauthenticationDialog.tsx';

// A loaded machine renders slowly; what is waited for comes, or the test ends by its own limit.
configure({ asyncUtilTimeout: 20_000 });

/** How the server answers a procedure: with data, or with an `ApiRefusal`. */
export type Answers = Record<string, (input: unknown) => unknown>;

/** What a refusal may say besides. */
interface More {
  retryAfterSeconds?: number;
  errors?: { pointer: string; detail: string }[];
}

/** What the server refuses. */
export class ApiRefusal {
  readonly problem: { code: string; detail: string; requestId: string } & More;
  constructor(code: string, detail: string, more: More = {}) {
    this.problem = { code, detail, requestId: 'req_1', ...more };
  }
}

/** One call of the page: which procedure, with what. */
export type Call = [procedure: string, input: unknown];

/**
 * Stands in for the server, by procedure. One that is not named is refused as `not_found`. Gives the calls, in their order;
 * `insights.recordInteractions` comes as the events that it carries.
 */
export function serve(answers: Answers): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (url: string | URL, init: RequestInit = {}) => {
    const { pathname, searchParams } = new URL(url, 'http://trunkline.test');
    const procedures = pathname.replace('/api/trpc/', '').split(',');
    const sent: unknown = JSON.parse(
      typeof init.body === 'string' ? init.body : (searchParams.get('input') ?? '{}'),
    );
    const inputs = searchParams.has('batch') ? (sent as Record<string, unknown>) : { 0: sent };
    const results = await Promise.all(
      procedures.map(async (procedure, index) => {
        calls.push([procedure, inputs[index]]);
        const answer =
          answers[procedure] ?? (() => new ApiRefusal('not_found', `No answer to ${procedure}.`));
        const given = await answer(inputs[index]);
        if (!(given instanceof ApiRefusal)) return { result: { data: given } };
        const { detail } = given.problem;
        const problem = { type: 'about:blank', title: detail, status: 400, ...given.problem };
        return { error: { message: detail, code: -32_603, data: { httpStatus: 400, problem } } };
      }),
    );
    return Response.json(results);
  });
  return calls;
}

/** What jsdom lacks and components look at. */
function completeBrowser(): void {
  window.matchMedia ??= (media) =>
    ({ media, matches: false, addEventListener: () => {}, removeEventListener: () => {} }) as never;
  window.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  window.IntersectionObserver ??= class {
    observe(): void {}
    disconnect(): void {}
  } as never;
  window.scrollTo = () => {};
  const listens = { addEventListener: () => {}, removeEventListener: () => {} };
  if (!('fonts' in document)) Object.defineProperty(document, 'fonts', { value: listens });
  if (!('scrollIntoView' in Element.prototype)) {
    Object.defineProperty(Element.prototype, 'scrollIntoView', { value: () => {} });
  }
}

/**
 * Shows a part of the application to a person of that role, at `path` of a router of its own and inside what surrounds
 * every page. Ends with `hide`.
 */
export function show(Shown: () => ReactNode, path: string = '/', role: Role = 'system_admin'): void {
  completeBrowser();
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false }, mutations: { retry: false } },
  });
  client.setQueryData(sessionQuery.queryKey, {
    needsSetup: false,
    user: { id: '01890000-0000-7000-8000-000000000001', email: 'ann@example.com', name: 'Ann' },
    organization: { id: '01890000-0000-7000-8000-000000000002', name: 'Works' },
    organizations: [],
    role,
    permissions: (Object.keys(permissions) as Permission[]).filter((each) => allows(role, each)),
    missing: null,
    brand: 'Trunkline',
    version: '0.0.0-test',
  });
  client.setQueryDefaults(sessionQuery.queryKey, { staleTime: Infinity });
  const root = createRootRoute();
  const shell = createRoute({ getParentRoute: () => root, id: 'shell' });
  const page = createRoute({ getParentRoute: () => shell, path, component: Shown });
  const router = createRouter({
    routeTree: root.addChildren([shell.addChildren([page])]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  render(
    <MantineProvider env="test" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
        <ReauthenticationDialog />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

/** Takes everything away again, also what waits to be recorded. */
export function hide(): void {
  stopTracking();
  cleanup();
  setRecording(null);
  vi.unstubAllGlobals();
}
