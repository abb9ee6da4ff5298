import type pg from 'pg';
import type { App, Ctx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { addMember, createOrganization } from '../../identity/organizations.ts';
import { storeApiKey } from '../api-keys/store-api-key.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { throughIdentity } from './identity-errors.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import type { Enter } from '../../db/transaction.ts';

export interface NewOrganization {
  name: string;
  /** A person to create, or one who is there already. */
  administrator: { email: string; name: string; password: string } | { userId: string };
}

export interface CreatedOrganization {
  organizationId: string;
  userId: string;
  /** The whole key; it is shown here once and is otherwise only revealed. */
  apiKey: string;
}

/**
 * Creates an organization with its first system administrator and its API key, and writes the first records
 * of its audit log as the system. One transaction. `request` says from where, when it was a request.
 *
 * @throws AppError `invalid_input`, `conflict` (the e-mail has an account) or `not_found` (the user)
 */
export async function createOrganizationWithAdministrator(
  app: App,
  input: NewOrganization,
  request?: Ctx['request'],
): Promise<CreatedOrganization> {
  return ownerTransaction(app.pool, (db, enter) => createOrganizationIn(app, db, enter, input, request));
}

/** As {@link createOrganizationWithAdministrator}, in a transaction that has not entered an organization. */
export async function createOrganizationIn(
  app: App,
  db: pg.PoolClient,
  enter: Enter,
  input: NewOrganization,
  request?: Ctx['request'],
): Promise<CreatedOrganization> {
  const { administrator } = input;
  const organizationId = app.newId();
  await throughIdentity(
    createOrganization(db, { id: organizationId, name: input.name }),
    '/organizationName',
  );
  const userId =
    'userId' in administrator
      ? administrator.userId
      : (await throughIdentity(app.identity.createUser(administrator, db))).userId;
  const { rows } = await db.query<{ name: string; email: string }>(
    'SELECT name, email FROM users WHERE id = $1',
    [userId],
  );
  const [person] = rows;
  if (!person) throw notFound('user');
  await addMember(db, { id: app.newId(), organizationId, userId, role: 'system_admin' });

  const tx = await enter(organizationId);
  const ctx: Ctx = {
    app,
    actor: { type: 'system', name: 'Trunkline' },
    organizationId,
    request: request ?? { id: app.newId(), ip: null, userAgent: null, headers: new Headers() },
    cookies: [],
  };
  await recordAudit(ctx, tx, {
    action: 'organization.created',
    target: { type: 'organization', id: organizationId, name: input.name.trim() },
    changes: { name: { before: null, after: input.name.trim() } },
  });
  await recordAudit(ctx, tx, {
    action: 'member.joined',
    target: { type: 'member', id: userId, name: person.name },
    changes: {
      email: { before: null, after: person.email },
      role: { before: null, after: 'system_admin' },
    },
  });
  const apiKey = await storeApiKey(app, tx, { createdBy: person.name });
  await recordAudit(ctx, tx, {
    action: 'api_key.created',
    target: { type: 'api_key', id: apiKey.id, name: apiKey.preview },
  });
  return { organizationId, userId, apiKey: apiKey.token };
}
