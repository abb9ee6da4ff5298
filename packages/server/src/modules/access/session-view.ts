import type { Session } from '@trunkline/contract/access';
import type { z } from 'zod';
import type { App, Ctx } from '../../ctx.ts';
import type { SignedIn } from '../../identity/identity.ts';
import type { Missing } from '../../identity/sessions.ts';
import { permissionsOf } from './rules.ts';

export type SessionView = z.input<typeof Session>;

/** What the web app needs to know about nobody signed in. */
export async function anonymousView(app: App): Promise<SessionView> {
  return {
    needsSetup: !(await app.identity.hasAnyUser()),
    user: null,
    organization: null,
    organizations: [],
    role: null,
    permissions: [],
    missing: null,
    brand: app.config.brand,
    version: app.version,
  };
}

/** What the web app needs to know about a person who works in an organization, or in none. */
export async function personView(
  app: App,
  {
    userId,
    organizationId,
    missing = null,
    boundTo = null,
  }: {
    userId: string;
    organizationId: string | null;
    missing?: Missing | null;
    boundTo?: string | null;
  },
): Promise<SessionView> {
  const [person, all] = await Promise.all([
    app.pool.query<{ email: string; name: string }>('SELECT email, name FROM users WHERE id = $1', [userId]),
    app.identity.organizationsOf(userId),
  ]);
  const user = person.rows[0];
  if (!user) return anonymousView(app);
  const organizations = all.filter(({ id }) => boundTo === null || id === boundTo);
  const current = organizations.find(({ id }) => id === organizationId);
  return {
    needsSetup: false,
    user: { id: userId, email: user.email, name: user.name },
    organization: current ? { id: current.id, name: current.name } : null,
    organizations: organizations.map(({ id, name, role }) => ({ id, name, role })),
    role: current?.role ?? null,
    permissions: current && missing === null ? permissionsOf(current.role) : [],
    missing: current ? missing : null,
    brand: app.config.brand,
    version: app.version,
  };
}

/** The same call, made by the person of a session that began during it. */
export function asPerson(ctx: Ctx, session: SignedIn): Ctx {
  const { userId: id, name, role, sessionId, freshAt, missing, boundTo, organizationId } = session;
  return {
    ...ctx,
    actor: { type: 'user', id, name, role, sessionId, freshAt, missing, boundTo },
    organizationId,
  };
}
