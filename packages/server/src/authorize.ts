import { keyAllows, scopeOf } from '@trunkline/contract/api-key-scopes';
import type { Operation } from '@trunkline/contract/operation';
import { allows } from '@trunkline/contract/permissions';
import type { ActorKind, Permission } from '@trunkline/contract/permissions';
import { portalPermissions } from '@trunkline/contract/portal-parts';
import type { Ctx } from './ctx.ts';
import { AppError } from './errors.ts';

/** How long a proof of identity opens sensitive acts (ACC-2). */
export const freshForMs = 5 * 60_000;

/** The row of the permission matrix that applies to a caller; null for one without any. */
export function actorKindOf(ctx: Ctx): ActorKind | null {
  if (ctx.actor.type === 'user') return ctx.organizationId === null ? null : ctx.actor.role;
  if (ctx.actor.type === 'api_key') return 'api_key';
  if (ctx.actor.type === 'portal') return ctx.actor.role;
  return null;
}

/** Whether a caller has a permission, by role, scopes and grant; says nothing of what else an operation asks for. */
export function permits(ctx: Ctx, permission: Permission): boolean {
  const { actor } = ctx;
  if (actor.type === 'system') return true;
  if (actor.type === 'api_key') return keyAllows(actor.scopes, permission);
  if (actor.type === 'portal') return portalPermissions(actor.parts, actor.role).includes(permission);
  const kind = actorKindOf(ctx);
  return kind !== null && allows(kind, permission);
}

/**
 * Refuses a caller who may not. Every verb calls it first, with its own operation.
 *
 * @throws AppError `unauthenticated`, `no_organization`, `forbidden`, `insufficient_scope` or
 *   `reauthentication_required`
 */
export function authorize(ctx: Ctx, operation: Operation): void {
  const { permission } = operation;
  if (permission === 'public' || ctx.actor.type === 'system') return;
  if (ctx.actor.type === 'anonymous') {
    throw new AppError('unauthenticated', 'Sign in, or send the API key as a bearer token.');
  }
  if (operation.people && ctx.actor.type !== 'user') {
    throw new AppError('forbidden', 'Only a signed-in person may do this, not an API key.');
  }
  // Somebody in a portal is not signed in here, so that there is nothing by which they could prove who they are.
  if (ctx.actor.type === 'portal' && (permission === 'session' || operation.fresh)) {
    throw new AppError('forbidden', 'This is not done in a portal, but by a person who signs in.');
  }
  if (permission !== 'session') {
    if (ctx.organizationId === null) {
      throw new AppError('no_organization', 'Ask an administrator to invite you to an organization.');
    }
    requireNothingMissing(ctx);
    const kind = actorKindOf(ctx);
    if (kind === null || !allows(kind, permission)) {
      throw new AppError('forbidden', `Your role does not include ${permission}.`);
    }
    if (ctx.actor.type === 'portal' && !permits(ctx, permission)) {
      throw new AppError('forbidden', `This portal does not include ${permission}.`);
    }
    if (ctx.actor.type === 'api_key' && !keyAllows(ctx.actor.scopes, permission)) {
      const scope = scopeOf[permission];
      throw new AppError(
        'insufficient_scope',
        scope === null
          ? "No scope includes this; the organization's own key is needed."
          : `The key needs the scope "${scope}".`,
      );
    }
  }
  if (operation.fresh && ctx.actor.type === 'user' && ctx.app.clock() - ctx.actor.freshAt > freshForMs) {
    throw new AppError('reauthentication_required', 'Confirm that it is you to continue.');
  }
}

/**
 * Refuses a person who lacks what their organization asks of everybody who signs in.
 *
 * @throws AppError `second_factor_required` or `sso_required`
 */
export function requireNothingMissing({ actor }: Ctx): void {
  if (actor.type !== 'user') return;
  if (actor.missing === 'second_factor') {
    throw new AppError('second_factor_required', 'Set up a second factor in your account first.');
  }
  if (actor.missing === 'sso') {
    throw new AppError('sso_required', 'Sign out, and sign in through your organization.');
  }
}
