import { startFlow } from './oauth-flow.ts';
import type { OAuthFlow } from './oauth-flow.ts';
import { startSandboxOAuth } from './sandbox-oauth.ts';
import type { SandboxOAuth } from './sandbox-oauth.ts';
import { createTestApp } from './test-app.ts';
import type { TestApp, TestOrganization } from './test-app.ts';
import { startTestHttp } from './test-http.ts';
import type { TestHttp } from './test-http.ts';

/** The product over real HTTP, an organization in it, and the sandbox's authorization servers in place of the providers. */
export interface OAuthWorld {
  sandbox: SandboxOAuth;
  test: TestApp;
  http: TestHttp;
  works: TestOrganization;
  /** An integration that waits, with all that it takes to connect it. */
  flowOf(provider: string): Promise<OAuthFlow>;
  close(): Promise<void>;
}

/** Starts it; both sides have the time of the test. */
export async function startOAuthWorld(): Promise<OAuthWorld> {
  let now: () => number = Date.now;
  const sandbox = await startSandboxOAuth(() => now());
  const test = await createTestApp({ reroute: sandbox.reroute });
  now = () => test.time.now;
  const http = await startTestHttp(test.app);
  const works = await test.createOrganization('Works');
  return {
    sandbox,
    test,
    http,
    works,
    flowOf: (provider) => startFlow(test, http, sandbox, works, provider),
    close: async () => {
      await http.close();
      await test.close();
      await sandbox.close();
    },
  };
}
