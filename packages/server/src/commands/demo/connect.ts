import type { Role } from '@trunkline/contract/permissions';
import { authOf } from '../../connections/connection-type.ts';
import type { App, Ctx } from '../../ctx.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { getFailoverConfig } from '../../modules/failover/get-failover-config.ts';
import { updateFailoverConfig } from '../../modules/failover/update-failover-config.ts';
import { createIntegration } from '../../modules/integrations/create-integration.ts';
import { listIntegrations } from '../../modules/integrations/list-integrations.ts';
import { updateIntegration } from '../../modules/integrations/update-integration.ts';
import { initiateOAuth } from '../../modules/oauth/initiate-oauth.ts';
import { systemContext } from '../../system-context.ts';
import type { DemoIntegration, DemoOrganization } from './organizations.ts';
import { fileServer } from './outside.ts';
import type { Outside } from './outside.ts';

/** The person of an organization, as if signed in at this moment. */
export async function personContext(
  app: App,
  organizationId: string,
  email: string,
  role: Role = 'system_admin',
): Promise<Ctx> {
  const { rows } = await app.pool.query<{ id: string; name: string }>(
    'SELECT id, name FROM users WHERE email = $1',
    [email],
  );
  const { id, name } = rows[0]!;
  const actor = {
    type: 'user',
    id,
    name,
    role,
    sessionId: app.newId(),
    freshAt: app.clock(),
  };
  return { ...systemContext(app, organizationId), actor: actor as Ctx['actor'] };
}

/**
 * Connects what is not connected yet; those by consent are connected anew at each start, as the sandbox forgets. One that
 * fails is named in the log and leaves the others as they are.
 */
export async function connectIntegrations(
  ctx: Ctx,
  organization: DemoOrganization,
  outside: Outside,
  address: string,
): Promise<void> {
  const { data } = await listIntegrations(ctx, { limit: 100 });
  for (const wanted of organization.integrations) {
    try {
      await connectOne(wanted);
    } catch (error) {
      ctx.app.log.warn({ err: error, integration: wanted.name }, 'the demo could not connect an integration');
    }
  }

  await linkBackups(ctx, organization);

  async function connectOne(wanted: DemoIntegration): Promise<void> {
    const existing = data.find(({ name }) => name === wanted.name);
    const integration = existing ?? (await connect(ctx, wanted, outside));
    if (integration.authType === 'oauth2')
      await consent(ctx, integration.id, wanted.provider, outside, address);
    if (!existing && wanted.disabled) await updateIntegration(ctx, { id: integration.id, enabled: false });
  }
}

/** Once: what somebody has changed since stays. */
async function linkBackups(ctx: Ctx, { integrations }: DemoOrganization): Promise<void> {
  const { data } = await listIntegrations(ctx, { limit: 100 });
  const idOf = (name: string | undefined) => data.find((one) => one.name === name)?.id;
  for (const { name, backup } of integrations) {
    const integrationId = idOf(name);
    const backupIntegrationId = idOf(backup);
    if (integrationId === undefined || backupIntegrationId === undefined) continue;
    const { version } = await getFailoverConfig(ctx, { integrationId });
    if (version === 0) await updateFailoverConfig(ctx, { integrationId, backupIntegrationId });
  }
}

function connect(ctx: Ctx, wanted: DemoIntegration, { sandbox, files }: Outside) {
  const account = sandbox.account(wanted.provider).values;
  const partner: Record<string, string> =
    wanted.authType === 'sftp'
      ? { sftpHost: fileServer.host, sftpUser: fileServer.user, sftpHostKey: files.fingerprint() }
      : {};
  return createIntegration(ctx, {
    provider: wanted.provider,
    name: wanted.name,
    ...(wanted.authType && { authType: wanted.authType }),
    values: known(wanted, { ...account, ...partner, ...wanted.values }),
    ...(wanted.settings && { settings: wanted.settings }),
    ...(wanted.limits && { limits: wanted.limits }),
    check: wanted.failing ? 'skip' : 'require',
  });
}

/** Goes the way of the person's browser: to the sandbox, which agrees, and back to the callback. */
export async function consent(
  ctx: Ctx,
  integrationId: string,
  provider: string,
  { sandbox }: Pick<Outside, 'sandbox'>,
  address: string,
  scopes?: string[],
): Promise<void> {
  const program: Ctx = {
    ...ctx,
    actor: { type: 'api_key', id: ctx.app.newId(), name: actorName(ctx), scopes: null },
  };
  const { authorizationUrl } = await initiateOAuth(program, { integrationId, callback: 'shared', scopes });
  sandbox.oauth.setDecision(provider, 'approve');
  const start = await fetch(authorizationUrl.replace(ctx.app.config.publicUrl, address), {
    redirect: 'manual',
  });
  const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? '';
  const agreed = await fetch(start.headers.get('location') ?? '', { redirect: 'manual' });
  const back = (agreed.headers.get('location') ?? '').replace(ctx.app.config.publicUrl, address);
  await fetch(back, { redirect: 'manual', headers: { cookie } });
  sandbox.oauth.setDecision(provider, 'ask');
}

function actorName({ actor }: Ctx): string {
  return actor.type === 'anonymous' ? '' : actor.name;
}

/** The values that the way to connect asks for in each integration. */
function known(
  { provider, authType }: DemoIntegration,
  values: Record<string, string>,
): Record<string, string> {
  const definition = findProvider(provider);
  const auth = definition && authOf(definition, authType);
  const fields = (auth?.fields ?? []).filter(({ level }) => auth?.type !== 'oauth2' || level === 'account');
  return Object.fromEntries(fields.flatMap(({ key }) => (values[key] ? [[key, values[key]]] : [])));
}
