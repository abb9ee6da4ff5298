import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { startSmtpSimulator } from '@trunkline/sandbox/smtp';
import type { SmtpSimulator } from '@trunkline/sandbox/smtp';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import type { App } from '../ctx.ts';
import { parseEgressAllow } from '../lib/egress/allow-list.ts';
import { Dialer } from '../lib/egress/tcp.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { accountFields } from '../modules/integrations/rules.ts';
import { findProvider } from '../providers/all-providers.ts';
import { startFlow } from './oauth-flow.ts';
import { storeApp } from './oauth-integrations.ts';
import { createTestApp } from './test-app.ts';
import type { TestApp, TestOrganization } from './test-app.ts';
import { startTestHttp } from './test-http.ts';
import type { TestHttp } from './test-http.ts';

/** A test app with every provider simulated, and ways to connect them. */
export interface ActionWorld extends TestApp {
  sandbox: Sandbox;
  mail: SmtpSimulator;
  http: TestHttp;
  /** Connects a provider as a person would: by its values, or by consent. */
  connect(organization: TestOrganization, slug: string, name?: string): Promise<string>;
  /**
   * Does something while a call may take a second only, for tests that wait for the end of it. Elsewhere it may take as long as
   * it does by itself, or a busy machine makes doubts of calls with which nothing is wrong.
   */
  impatiently<Value>(work: () => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** Starts it. The clock is the real one, as the simulators have theirs. */
export async function startActionWorld(overrides: Partial<App> = {}): Promise<ActionWorld> {
  const sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  const password = sandbox.account('smtp').values['password'];
  const mail = await startSmtpSimulator({ authenticate: (_user, given) => given === password });
  sandbox.ports.register('smtps://*', { host: mail.host, port: mail.ports.tls });
  sandbox.ports.register('smtp://*:25', { host: mail.host, port: mail.ports.plain });
  sandbox.ports.register('smtp://*', { host: mail.host, port: mail.ports.starttls });
  const allow = parseEgressAllow('127.0.0.0/8');
  const test = await createTestApp({
    reroute: sandbox.reroute,
    clock: Date.now,
    dialer: new Dialer({ allow, ca: mail.ca }),
    ...overrides,
  });
  const http = await startTestHttp(test.app);

  async function connect(organization: TestOrganization, slug: string, name?: string): Promise<string> {
    const [auth] = findProvider(slug)!.auth;
    if (auth.type === 'oauth2' && auth.grant === 'authorization_code') {
      sandbox.oauth.setDecision(slug, 'approve');
      const oauth = {
        oauth: sandbox.oauth,
        visit: async (url: string) => {
          const answer = await fetch(url, { redirect: 'manual' });
          return answer.headers.get('location') ?? '';
        },
      };
      const flow = await startFlow(test, http, oauth as Parameters<typeof startFlow>[2], organization, slug);
      const scopes = auth.scopes.filter(({ required }) => !required).map(({ scope }) => scope);
      const { authorizationUrl, attemptId } = await flow.initiate({ scopes });
      await flow.comeBack(await oauth.visit(authorizationUrl));
      const attempt = await flow.attempt(attemptId);
      if (attempt['state'] !== 'succeeded') throw new Error(`not connected: ${JSON.stringify(attempt)}`);
      return flow.integrationId;
    }
    const known = sandbox.account(slug).values;
    if (auth.type === 'oauth2' && auth.fields.some(({ level }) => level === 'app')) {
      const { clientId, clientSecret } = sandbox.oauth.client(slug);
      await storeApp(test.app, organization.id, slug, { clientId, clientSecret });
    }
    const fields = accountFields(auth).filter(({ key }) => known[key] !== undefined);
    const { id } = await createIntegration(test.as('system_admin', organization), {
      provider: slug,
      ...(name !== undefined && { name }),
      values: Object.fromEntries(fields.map(({ key }) => [key, known[key]!])),
      check: 'require',
    });
    return id;
  }

  return {
    ...test,
    sandbox,
    mail,
    http,
    connect,
    async impatiently(work) {
      const { config } = test.app;
      test.app.config = { ...config, attemptTimeoutSeconds: 1 };
      try {
        return await work();
      } finally {
        test.app.config = config;
      }
    },
    async close() {
      await http.close();
      await test.close();
      await mail.close();
      await sandbox.close();
    },
  };
}
