import type { Operation } from '@trunkline/contract/operation';
import { actorKinds, allows, roles } from '@trunkline/contract/permissions';
import type { Permission } from '@trunkline/contract/permissions';
import { expect } from 'vitest';
import { freshForMs } from '../authorize.ts';
import type { Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import type { TestApp, TestOrganization } from './test-app.ts';

/** The `AppError` that the work ends with; fails the test when it succeeds or fails otherwise. */
export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return error;
}

/**
 * Calls an operation's verb as everybody whom the permission matrix excludes: nobody signed in, roles, an API
 * key, somebody of no organization and, where the operation asks for it, a proof of identity that is too old.
 */
export async function expectRefusals(
  test: TestApp,
  organization: TestOrganization,
  operation: Operation,
  call: (ctx: Ctx) => Promise<unknown>,
): Promise<void> {
  const permission = operation.permission as Permission;
  expect((await refusalOf(call(test.anonymous()))).code).toBe('unauthenticated');
  for (const kind of actorKinds) {
    if (allows(kind, permission) && !(kind === 'api_key' && operation.people)) continue;
    const ctx = kind === 'api_key' ? test.apiKey(organization) : test.as(kind, organization);
    expect([kind, (await refusalOf(call(ctx))).code]).toEqual([kind, 'forbidden']);
  }
  const homeless = { ...test.as('system_admin', organization), organizationId: null };
  expect((await refusalOf(call(homeless))).code).toBe('no_organization');
  if (!operation.fresh) return;
  const role = roles.find((one) => allows(one, permission));
  if (!role) return;
  const stale = test.as(role, organization);
  if (stale.actor.type === 'user') stale.actor.freshAt -= freshForMs + 1;
  expect((await refusalOf(call(stale))).code).toBe('reauthentication_required');
}
