import type { TestApp, TestOrganization, TestPerson } from './test-app.ts';
import { pendingIntegration, storeApp } from './oauth-integrations.ts';
import type { SandboxOAuth } from './sandbox-oauth.ts';
import type { Answer, TestHttp } from './test-http.ts';

/** Values that a provider's integration and app need besides client ID and secret. */
const values: Record<string, { account?: Record<string, string>; app?: Record<string, string> }> = {
  bamboohr: { account: { subdomain: 'acme' } },
  docusign: { app: { accountHost: 'account-d.docusign.com' } },
  gusto: { app: { apiHost: 'api.gusto-demo.com' } },
  'microsoft-365': { app: { tenantId: 'common' } },
  'microsoft-teams': { app: { tenantId: 'common' } },
  ringcentral: { account: { fromNumber: '+15550100' } },
  salesforce: { account: { domain: 'acme.my.salesforce.com' } },
  shopify: { account: { shop: 'acme' } },
  zendesk: { account: { subdomain: 'acme' } },
  'google-analytics': { account: { propertyId: '123456789' } },
};

/** A person of an organization on the way through a provider, over real HTTP. */
export interface OAuthFlow {
  integrationId: string;
  headers: { cookie: string };
  /** Begins to connect; gives the provider's address. */
  initiate(input?: Record<string, unknown>): Promise<{ authorizationUrl: string; attemptId: string }>;
  /** Lets the browser come back; `change` may tamper with the address before. */
  comeBack(address: string, change?: (url: URL) => void, headers?: Record<string, string>): Promise<Answer>;
  attempt(attemptId: string): Promise<Record<string, unknown>>;
  status(): Promise<Record<string, unknown>>;
  /** All the way; fails the test unless it ends in success. */
  connect(): Promise<string>;
}

const sessions = new WeakMap<TestPerson, Promise<{ cookie: string }>>();

/** The same session every time: signing in is slow on purpose. */
export function signInOnce(http: TestHttp, person: TestPerson): Promise<{ cookie: string }> {
  const session = sessions.get(person) ?? http.signIn(person);
  sessions.set(person, session);
  return session;
}

/** An integration that waits, an app at the provider, and a signed-in system administrator. */
export async function startFlow(
  test: TestApp,
  http: TestHttp,
  sandbox: SandboxOAuth,
  organization: TestOrganization,
  provider: string,
): Promise<OAuthFlow> {
  const { app } = test;
  const { clientId, clientSecret } = sandbox.oauth.client(provider);
  const known = values[provider] ?? {};
  const { rowCount } = await app.pool.query(
    'SELECT 1 FROM oauth_apps WHERE organization_id = $1 AND provider = $2',
    [organization.id, provider],
  );
  if (rowCount === 0) {
    await storeApp(app, organization.id, provider, { clientId, clientSecret, ...known.app });
  }
  const integrationId = await pendingIntegration(app, organization.id, provider, {
    plain: known.account ?? {},
  });
  sandbox.oauth.allowRedirect(provider, `${app.config.publicUrl}/api/integrations/oauth/callback`);
  const headers = await signInOnce(http, organization.people.system_admin);
  const read = async (path: string): Promise<Record<string, unknown>> =>
    (await http.call('GET', path, { headers })).json as Record<string, unknown>;
  const flow: OAuthFlow = {
    integrationId,
    headers,
    async initiate(input = {}) {
      const answer = await http.call('POST', `/api/v1/integrations/${integrationId}/connect`, {
        headers,
        body: input,
      });
      if (answer.status !== 200) throw new Error(`not begun: ${answer.text}`);
      return answer.json as { authorizationUrl: string; attemptId: string };
    },
    comeBack(address, change, own = headers) {
      const url = new URL(address);
      change?.(url);
      return http.call('GET', `${url.pathname}${url.search}`, { headers: own });
    },
    attempt: (attemptId) => read(`/api/v1/oauth-attempts/${attemptId}`),
    status: () => read(`/api/v1/integrations/${integrationId}/oauth`),
    async connect() {
      const { authorizationUrl, attemptId } = await flow.initiate();
      await flow.comeBack(await sandbox.visit(authorizationUrl));
      const attempt = await flow.attempt(attemptId);
      if (attempt['state'] !== 'succeeded') throw new Error(`not connected: ${JSON.stringify(attempt)}`);
      return attemptId;
    },
  };
  return flow;
}
