import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Condition } from '../../packages/sandbox/src/conditions.ts';
import { startSandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { Sandbox } from '../../packages/sandbox/src/sandbox.ts';
import { startServers } from '../../packages/sandbox/src/servers.ts';
import type { SandboxServers } from '../../packages/sandbox/src/servers.ts';
import type { SmtpCondition, SmtpSimulator } from '../../packages/sandbox/src/smtp.ts';
import { consent } from '../../packages/server/src/commands/demo/connect.ts';
import { oauthAppsOf } from '../../packages/server/src/commands/demo/outside.ts';
import { sandboxDefinitions } from '../../packages/server/src/commands/sandbox-definitions.ts';
import { redirectUri } from '../../packages/server/src/connections/oauth-addresses.ts';
import type { Ctx } from '../../packages/server/src/ctx.ts';
import { readConfig } from '../../packages/server/src/config/env.ts';
import { discardDataFolder, startEmbeddedPostgres } from '../../packages/server/src/db/embedded.ts';
import type { EmbeddedPostgres } from '../../packages/server/src/db/embedded.ts';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import { createHttpServer } from '../../packages/server/src/http/server.ts';
import { createOrganizationWithAdministrator } from '../../packages/server/src/modules/access/create-organization.ts';
import { startAction } from '../../packages/server/src/modules/actions/run-action.ts';
import { updateFailoverConfig } from '../../packages/server/src/modules/failover/update-failover-config.ts';
import { updateLastResort } from '../../packages/server/src/modules/failover/update-last-resort.ts';
import { createIntegration } from '../../packages/server/src/modules/integrations/create-integration.ts';
import { accountFields, needsConsent } from '../../packages/server/src/modules/integrations/rules.ts';
import { findProvider } from '../../packages/server/src/providers/all-providers.ts';
import { createLog, startApp } from '../../packages/server/src/start-app.ts';
import { systemContext } from '../../packages/server/src/system-context.ts';
import { startTypeScript } from '../../packages/server/src/testing/child.ts';
import type { TestChild } from '../../packages/server/src/testing/child.ts';
import { wait } from '../fault.ts';
import { Random } from '../random.ts';
import type { MailPlace } from './mail-ports.ts';
import { chains, chaosSettings, chaosSlugs } from './plan.ts';
import type { ChainName } from './plan.ts';

/** One process of the product that is killed and started again. */
export interface ActionNode {
  child: TestChild | null;
  address: string | null;
}

const nodeFile = new URL('./node.ts', import.meta.url);
const pollMs = 500;

/** The mail server has conditions of its own; here is which one is like which. */
const mailConditions: Record<Condition, SmtpCondition> = {
  healthy: 'healthy',
  slow: 'slow',
  timeout: 'hangBeforeGreeting',
  revoked: 'wrongPassword',
  rateLimited: 'greylisting',
  down: 'down',
  flaky: 'greylisting',
  answerLost: 'hangAfterData',
  changeLost: 'hangAfterData',
};

/**
 * A database, the simulated providers in this process, so that what they received outlives every kill, and processes of the
 * product that call them.
 */
export class ActionWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), 'trunkline-chaos-actions-'));
  #postgres: EmbeddedPostgres | undefined;
  #env: NodeJS.ProcessEnv = {};
  #pool: pg.Pool | undefined;
  sandbox!: Sandbox;
  #servers: SandboxServers | undefined;
  #mailCondition: Condition = 'healthy';
  /** The primary of each chain. */
  readonly primaries = new Map<ChainName, string>();
  apiKey = '';
  /** A request for signatures that is there. */
  signatureRequest = '';
  readonly nodes: ActionNode[] = [];
  readonly #starting = new Set<Promise<void>>();
  #closing = false;

  async start(seed: number, nodes: number): Promise<void> {
    const random = new Random(seed ^ 0x5eed);
    this.sandbox = await startSandbox({
      providers: sandboxDefinitions(),
      countLimits: false,
      slowMs: 700,
      random: () => random.next(),
    });
    this.#servers = await startServers(this.sandbox);
    this.#postgres = await startEmbeddedPostgres({ dataDir: join(this.#folder, 'data'), log: () => {} });
    this.#env = {
      DATABASE_URL: this.#postgres.url,
      TRUNKLINE_DATA_DIR: this.dataFolder,
      TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex'),
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8',
      TRUNKLINE_OAUTH_APPS: JSON.stringify(oauthAppsOf(this.sandbox)),
      TRUNKLINE_RATE_LIMITS: 'off',
      TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS: '1',
      TRUNKLINE_CHECK_INTERVAL_SECONDS: '10',
      TRUNKLINE_LOG_LEVEL: process.env['CHAOS_LOG'] ?? 'silent',
      PORT: '0',
    };
    await this.#connectAll();
    this.#pool = new pg.Pool({ connectionString: this.#postgres.url, max: 2 });
    for (let index = 0; index < nodes; index += 1) this.nodes.push({ child: null, address: null });
    await Promise.all(this.nodes.map((node) => this.#startNode(node)));
  }

  get pool(): pg.Pool {
    return this.#pool!;
  }

  /** The simulated mail server. */
  get mail(): SmtpSimulator {
    return this.#servers!.mail;
  }

  /** Of all processes of the product. */
  get dataFolder(): string {
    return join(this.#folder, 'node');
  }

  condition(slug: string): Condition {
    return slug === 'smtp' ? this.#mailCondition : this.sandbox.condition(slug);
  }

  /** Puts a provider into a condition. */
  async become(slug: string, condition: Condition): Promise<void> {
    if (slug !== 'smtp') return this.sandbox.setCondition(slug, condition);
    this.#mailCondition = condition;
    await this.mail.setCondition(mailConditions[condition]);
  }

  /** kill -9, and a start as a supervisor would do it. */
  async kill(index: number): Promise<void> {
    const node = this.nodes[index]!;
    const { child } = node;
    // One that has not come up yet is left to come up.
    if (child === null || node.address === null) return;
    node.child = null;
    node.address = null;
    await child.kill();
    const starting = this.#startNode(node).finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
  }

  /**
   * Ends what goes wrong. All processes are killed once more and one is started, so that no living one holds a lease: those
   * of the dead are ended, for nobody has to wait until they run out.
   */
  async heal(): Promise<void> {
    for (const slug of chaosSlugs) await this.become(slug, 'healthy');
    await Promise.all(this.#starting);
    await this.#killAll();
    await this.pool.query(`UPDATE actions SET due_at = now() WHERE state = 'running'`);
    await this.pool.query(`UPDATE event_references SET held_until = '-infinity'`);
    // Files at a backup are copied back when calls are, for which nobody has to wait either.
    await this.pool.query(
      `UPDATE failover_configs SET active_id = NULL, failed_over_at = NULL, trigger = NULL, healthy_since = NULL`,
    );
    await this.pool.query(`UPDATE displaced_files SET held_until = '-infinity', put_until = '-infinity'`);
    for (const node of this.nodes) Object.assign(node, { child: null, address: null });
    await this.#startNode(this.nodes[0]!);
  }

  /** Lets everything be done that was accepted. @throws Error when actions are left after `limitMs` */
  async drain(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    for (;;) {
      // What waits for an hour or for a next round waits for nothing any more.
      await this.pool.query(`UPDATE actions SET due_at = now() WHERE state = 'queued' AND due_at > now()`);
      await this.pool.query(
        `UPDATE displaced_files SET due_at = now(), put_until = '-infinity'
         WHERE isfinite(due_at) AND held_until <= now()`,
      );
      const { rows } = await this.pool.query<{ left: string; files: string }>(
        `SELECT (SELECT count(*) FROM actions WHERE finished_at IS NULL) AS left,
           (SELECT count(*) FROM displaced_files) AS files`,
      );
      const { left, files } = rows[0]!;
      if (Number(left) + Number(files) === 0) return;
      if (performance.now() > limit)
        throw new Error(`${left} actions have not ended, ${files} files are not copied back`);
      await wait(pollMs);
    }
  }

  async stop(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#starting);
    await this.#killAll();
    await this.#pool?.end();
    await this.#postgres?.stop('immediate');
    await this.#servers?.close();
    await this.sandbox.close();
    await discardDataFolder(join(this.#folder, 'data')).catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #killAll(): Promise<void> {
    await Promise.all(this.nodes.flatMap(({ child }) => (child === null ? [] : [child.kill()])));
  }

  async #startNode(node: ActionNode): Promise<void> {
    if (this.#closing) return;
    const { host, ports, ca } = this.mail;
    const place: MailPlace = { host, ports, ca };
    node.child = startTypeScript(nodeFile, [this.sandbox.url, JSON.stringify(place)], this.#env);
    node.address = await node.child.nextLine();
  }

  /** An organization with all chains; email waits when all fail. */
  async #connectAll(): Promise<void> {
    const running = await startApp(readConfig(this.#env), createLog('silent'), {
      reroute: this.sandbox.reroute,
      ca: this.mail.ca,
    });
    const http = createHttpServer(running.app, running.access);
    try {
      const { port } = await http.listen(0, '127.0.0.1');
      const made = await createOrganizationWithAdministrator(running.app, {
        name: 'Chaos',
        administrator: { email: 'chaos@example.com', name: 'Chaos', password: 'chaos chaos chaos' },
      });
      this.apiKey = made.apiKey;
      const ctx = systemContext(running.app, made.organizationId);
      for (const [chain, slugs] of Object.entries(chains)) {
        const ids: string[] = [];
        for (const slug of slugs) ids.push(await this.#connect(ctx, slug, `http://127.0.0.1:${port}`));
        const [integrationId = '', ...backups] = ids;
        this.primaries.set(chain as ChainName, integrationId);
        const rules = { failoverThreshold: 3, autoRestore: true, stabilityMinutes: 0 };
        await updateFailoverConfig(ctx, { integrationId, backupIntegrationIds: backups, ...rules });
      }
      await updateLastResort(ctx, { capability: 'email.send', enabled: true });
      const { result } = await startAction(running.app, made.organizationId, {
        capability: 'esign.send',
        wantedId: this.primaries.get('esign') ?? null,
        input: capabilities['esign.send'].input.parse(capabilities['esign.send'].example),
        key: null,
        dueAt: null,
        patient: false,
        createdBy: 'Chaos',
      });
      this.signatureRequest = (result as CapabilityOutput<'esign.send'>).requestId;
    } finally {
      await http.close(1_000);
      await running.stop();
    }
  }

  /** Connects a provider as a person would: by its values, or by consent. */
  async #connect(ctx: Ctx, slug: string, address: string): Promise<string> {
    const known = this.sandbox.account(slug).values;
    const [auth] = findProvider(slug)!.auth;
    const fields = accountFields(auth).filter(({ key }) => known[key] !== undefined);
    const { id } = await createIntegration(ctx, {
      provider: slug,
      values: Object.fromEntries(fields.map(({ key }) => [key, known[key]!])),
      settings: chaosSettings[slug] ?? {},
      check: needsConsent(auth) ? 'skip' : 'require',
    });
    if (needsConsent(auth)) {
      this.sandbox.oauth.allowRedirect(slug, redirectUri(ctx.app.config.publicUrl, slug));
      const further = auth.type === 'oauth2' ? auth.scopes.filter(({ required }) => !required) : [];
      const scopes = further.map(({ scope }) => scope);
      await consent(ctx, id, slug, this, address, scopes);
    }
    return id;
  }
}
