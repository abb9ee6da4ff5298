import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { actionsSearch } from '../features/actions/actions-search.ts';
import { auditSearch } from '../features/audit/audit-filter.ts';
import { automationsSearch } from '../features/automations/automations-search.ts';
import { inboundSearch } from '../features/inbound/inbound-search.ts';
import { insightsSearch } from '../features/insights/insights-search.ts';
import { integrationSearch } from '../features/integration/integration-search.ts';
import { integrationsSearch } from '../features/integrations/integrations-search.ts';
import { sortSearch } from '../features/integrations/sort-search.ts';
import { logSearch } from '../features/logs/log-search.ts';
import { usageSearch } from '../features/usage/usage-search.ts';
import { deliverySearch } from '../features/webhooks/delivery-search.ts';
import { onSignedOut } from '../lib/api.ts';
import { isFramed } from '../lib/frame.ts';
import { queryClient } from '../lib/query-client.ts';
import { sessionQuery } from '../lib/session.ts';
import { NotFoundPage } from './NotFoundPage.tsx';
import { RootError } from './RootError.tsx';
import { Shell } from '../shell/Shell.tsx';
import { returnPath } from './return-path.ts';

/** The named parts of an address' search that are texts. */
function textsOf<const Key extends string>(
  search: Record<string, unknown>,
  keys: readonly Key[],
): Partial<Record<Key, string>> {
  const texts: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === 'string') texts[key] = value;
  }
  return texts;
}

const rootRoute = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: RootError });

// Everything below needs a person who is signed in to an organization.
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: isFramed ? lazyRouteComponent(() => import('../frame/FrameShell.tsx'), 'FrameShell') : Shell,
  beforeLoad: async ({ location }) => {
    if (isFramed) return;
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session.needsSetup) throw redirect({ to: '/setup' });
    if (!session.user) throw redirect({ to: '/sign-in', search: { from: returnPath(location.href) } });
  },
});

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: async () => {
    const { portal } = await queryClient.ensureQueryData(sessionQuery);
    const isWithout = portal !== undefined && !portal.parts.includes('integrations');
    throw redirect({ to: isWithout ? '/webhooks' : '/integrations' });
  },
});

const integrationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/integrations',
  validateSearch: integrationsSearch,
  component: lazyRouteComponent(
    () => import('../features/integrations/IntegrationsPage.tsx'),
    'IntegrationsPage',
  ),
});

const integrationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/integrations/$integrationId',
  validateSearch: integrationSearch,
  component: lazyRouteComponent(
    () => import('../features/integration/IntegrationPage.tsx'),
    'IntegrationPage',
  ),
});

const verificationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/verification',
  component: lazyRouteComponent(
    () => import('../features/verification/VerificationsPage.tsx'),
    'VerificationsPage',
  ),
});

const verificationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/verification/$verificationId',
  component: lazyRouteComponent(
    () => import('../features/verification/VerificationPage.tsx'),
    'VerificationPage',
  ),
});

const runbooksRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runbooks',
  component: lazyRouteComponent(() => import('../features/runbooks/RunbooksPage.tsx'), 'RunbooksPage'),
});

const runbookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runbooks/$category',
  component: lazyRouteComponent(() => import('../features/runbooks/RunbookPage.tsx'), 'RunbookPage'),
});

const healthRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/health',
  validateSearch: (search: Record<string, unknown>) => sortSearch(search['sort']),
  component: lazyRouteComponent(() => import('../features/health/HealthPage.tsx'), 'HealthPage'),
});

const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['state', 'severity']),
  component: lazyRouteComponent(() => import('../features/alerts/AlertsPage.tsx'), 'AlertsPage'),
});

const alertSettingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts/settings',
  component: lazyRouteComponent(
    () => import('../features/alerts/AlertSettingsPage.tsx'),
    'AlertSettingsPage',
  ),
});

const alertRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => import('../features/alerts/AlertPage.tsx'), 'AlertPage'),
});

const logsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/logs',
  validateSearch: logSearch,
  component: lazyRouteComponent(() => import('../features/logs/LogsPage.tsx'), 'LogsPage'),
});

const failoverRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/failover',
  component: lazyRouteComponent(() => import('../features/failover/FailoverPage.tsx'), 'FailoverPage'),
});

const actionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/actions',
  validateSearch: actionsSearch,
  component: lazyRouteComponent(() => import('../features/actions/ActionsPage.tsx'), 'ActionsPage'),
});

const automationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/automations',
  validateSearch: automationsSearch,
  component: lazyRouteComponent(
    () => import('../features/automations/AutomationsPage.tsx'),
    'AutomationsPage',
  ),
});

const newAutomationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/automations/new',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['template']),
  component: lazyRouteComponent(
    () => import('../features/automations/AutomationFormPage.tsx'),
    'AutomationFormPage',
  ),
});

const automationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/automations/$automationId',
  component: lazyRouteComponent(
    () => import('../features/automations/AutomationFormPage.tsx'),
    'AutomationFormPage',
  ),
});

const webhooksRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../features/webhooks/WebhooksPage.tsx'), 'WebhooksPage'),
});

const newWebhookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks/new',
  // What a template fills in.
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['name', 'events', 'description']),
  component: lazyRouteComponent(() => import('../features/webhooks/WebhookFormPage.tsx'), 'WebhookFormPage'),
});

const editWebhookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks/$webhookId/edit',
  component: lazyRouteComponent(() => import('../features/webhooks/WebhookFormPage.tsx'), 'WebhookFormPage'),
});

const webhookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks/$webhookId',
  validateSearch: deliverySearch,
  component: lazyRouteComponent(() => import('../features/webhooks/WebhookPage.tsx'), 'WebhookPage'),
});

const inboundRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbound',
  validateSearch: inboundSearch,
  component: lazyRouteComponent(() => import('../features/inbound/InboundPage.tsx'), 'InboundPage'),
});

const inboundSourceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbound/$sourceId',
  component: lazyRouteComponent(() => import('../features/inbound/SourcePage.tsx'), 'SourcePage'),
});

const retryRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/retries',
  component: lazyRouteComponent(() => import('../features/retry/RetryPage.tsx'), 'RetryPage'),
});

const deadLettersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/dead-letters',
  validateSearch: (search: Record<string, unknown>): { webhookId?: string } =>
    typeof search['webhookId'] === 'string' ? { webhookId: search['webhookId'] } : {},
  component: lazyRouteComponent(
    () => import('../features/dead-letters/DeadLettersPage.tsx'),
    'DeadLettersPage',
  ),
});

const apiKeyRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/api-key',
  component: lazyRouteComponent(() => import('../features/api-key/ApiKeyPage.tsx'), 'ApiKeyPage'),
});

const portalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/portal',
  component: lazyRouteComponent(() => import('../features/portal/PortalPage.tsx'), 'PortalPage'),
});

const undeliveredRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/undelivered',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['since', 'webhookId', 'outcome']),
  component: lazyRouteComponent(
    () => import('../features/undelivered/UndeliveredPage.tsx'),
    'UndeliveredPage',
  ),
});

const bulkJobsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bulk-jobs',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['state']),
  component: lazyRouteComponent(() => import('../features/bulk-jobs/BulkJobsPage.tsx'), 'BulkJobsPage'),
});

const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['eventType', 'subject', 'since']),
  component: lazyRouteComponent(() => import('../features/events/EventsPage.tsx'), 'EventsPage'),
});

const eventRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events/$eventId',
  component: lazyRouteComponent(() => import('../features/events/EventPage.tsx'), 'EventPage'),
});

const eventCatalogRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/event-types',
  component: lazyRouteComponent(() => import('../features/events/EventCatalogPage.tsx'), 'EventCatalogPage'),
});

const usageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/usage',
  validateSearch: usageSearch,
  component: lazyRouteComponent(() => import('../features/usage/UsagePage.tsx'), 'UsagePage'),
});

const insightsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/insights',
  validateSearch: insightsSearch,
  component: lazyRouteComponent(() => import('../features/insights/InsightsPage.tsx'), 'InsightsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../features/audit/AuditPage.tsx'), 'AuditPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('../features/members/MembersPage.tsx'), 'MembersPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/AccountPage.tsx'), 'AccountPage'),
});

// The consent window and the tab that was sent to a provider land here; small, without the frame of the pages.
const connectOutcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connect/$attemptId',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session.user) throw redirect({ to: '/sign-in', search: { from: returnPath(location.href) } });
  },
  component: lazyRouteComponent(
    () => import('../features/integrations/connect/ConnectOutcomePage.tsx'),
    'ConnectOutcomePage',
  ),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { from?: string; sso?: string } => ({
    ...(typeof search['from'] === 'string' ? { from: returnPath(search['from']) } : {}),
    ...textsOf(search, ['sso']),
  }),
  beforeLoad: async ({ search }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session.needsSetup) throw redirect({ to: '/setup' });
    if (session.user) throw redirect({ href: search.from ?? '/' });
  },
  component: lazyRouteComponent(() => import('../features/auth/SignInPage.tsx'), 'SignInPage'),
});

// The window in which somebody proves at their identity provider who they are.
const ssoConfirmedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sso/confirmed',
  validateSearch: (search: Record<string, unknown>) => textsOf(search, ['failure']),
  component: lazyRouteComponent(() => import('../features/auth/SsoConfirmedPage.tsx'), 'SsoConfirmedPage'),
});

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session.needsSetup) throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('../features/auth/SetUpPage.tsx'), 'SetUpPage'),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('../features/auth/InvitationPage.tsx'), 'InvitationPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    shellRoute.addChildren([
      homeRoute,
      integrationsRoute,
      integrationRoute,
      verificationsRoute,
      verificationRoute,
      runbooksRoute,
      runbookRoute,
      healthRoute,
      alertsRoute,
      alertSettingsRoute,
      alertRoute,
      logsRoute,
      failoverRoute,
      actionsRoute,
      automationsRoute,
      newAutomationRoute,
      automationRoute,
      webhooksRoute,
      newWebhookRoute,
      editWebhookRoute,
      webhookRoute,
      inboundRoute,
      inboundSourceRoute,
      retryRoute,
      deadLettersRoute,
      apiKeyRoute,
      portalRoute,
      usageRoute,
      undeliveredRoute,
      bulkJobsRoute,
      eventsRoute,
      eventRoute,
      eventCatalogRoute,
      insightsRoute,
      auditRoute,
      membersRoute,
      accountRoute,
    ]),
    connectOutcomeRoute,
    signInRoute,
    ssoConfirmedRoute,
    setUpRoute,
    invitationRoute,
  ]),
  // A frame adds no steps to the history of the page around it, and none of its addresses opens by itself.
  ...(isFramed ? { history: createMemoryHistory() } : {}),
  defaultPreload: 'intent',
  defaultErrorComponent: RootError,
  // Its own <script> for scroll restoration would be inline.
  scrollRestoration: false,
});

/** Fetches the code of the page at this address, while it is still asked who is signed in. */
export function preloadPage(): void {
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const code = router.loadRouteChunk(router.routesById[routeId as keyof typeof router.routesById]);
    // What does not come is asked for again when it is shown, and told of there.
    code?.catch(() => {});
  }
}

// A session that ended while a page was open: back to signing in, and then here again.
onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname.startsWith('/invite/')) return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { from: returnPath(href) } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
