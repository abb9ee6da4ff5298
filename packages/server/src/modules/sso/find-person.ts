import type { Role } from '@trunkline/contract/permissions';
import type pg from 'pg';
import type { Ctx } from '../../ctx.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { addMember, readName } from '../../identity/organizations.ts';
import { markAccepted } from '../access/mark-accepted.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { SsoFailure } from './failures.ts';
import type { Claims } from './identity-provider.ts';
import type { Connection } from './queries.ts';

interface Found {
  userId: string;
  name: string;
}

/**
 * Who somebody at the identity provider is here.
 *
 * Known by issuer and subject. At the first time by an address that the provider has verified: of a member, if its domain
 * is the organization's; of an open invitation; or of anybody of that domain, where the organization has a role for them.
 * A member who was removed comes back by invitation only.
 */
export async function findPerson(
  ctx: Ctx,
  connection: Connection,
  claims: Claims,
): Promise<Found | SsoFailure> {
  const { app } = ctx;
  const { organizationId, issuer } = connection;
  return ownerTransaction(app.pool, async (db, enter) => {
    // Of two first sign-ins of one person, one waits for the other.
    await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `sso ${organizationId} ${issuer} ${claims.subject}`,
    ]);
    const link = await findLink(db, connection, claims);
    if (link?.role) return link;
    const { email } = claims;
    if (email === null || !claims.emailVerified) return 'unverified';
    const inDomain = connection.domains.includes(email.split('@').at(-1) ?? '');
    const known = link ?? (await findUser(db, organizationId, email));
    const invitation = await findInvitation(db, organizationId, email, new Date(app.clock()));
    const joins = known?.role
      ? null
      : (invitation?.role ?? (inDomain && !link ? connection.defaultRole : null));
    if (known?.role ? !inDomain && invitation === null : joins === null) return 'not_invited';

    const person = known ?? (await createUser(ctx, db, claims, email));
    if (joins !== null) {
      await addMember(db, { id: app.newId(), organizationId, userId: person.userId, role: joins });
    }
    if (invitation !== null) {
      await markAccepted(db, invitation.id, new Date(app.clock()));
    }
    await db.query(
      `INSERT INTO sso_links (organization_id, issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (organization_id, issuer, subject) DO NOTHING`,
      [organizationId, issuer, claims.subject, person.userId, new Date(app.clock())],
    );
    const tx = await enter(organizationId);
    const { userId: id, name } = person;
    const role = joins ?? known?.role ?? null;
    const actor: Ctx['actor'] = { type: 'user', id, name, role, sessionId: '', freshAt: 0 };
    await recordAudit({ ...ctx, actor, organizationId }, tx, {
      action: joins === null ? 'member.sso_linked' : 'member.joined',
      target: { type: 'member', id, name },
      changes: {
        email: { before: null, after: email },
        ...(joins === null ? {} : { role: { before: null, after: joins } }),
        identityProvider: { before: null, after: issuer },
      },
    });
    tx.announce('members');
    return person;
  });
}

type Known = Found & { role: Role | null };

async function findLink(db: pg.PoolClient, connection: Connection, claims: Claims): Promise<Known | null> {
  const { rows } = await db.query<Known>(
    `SELECT u.id AS "userId", u.name, m.role
     FROM sso_links l JOIN users u ON u.id = l.user_id
     LEFT JOIN members m ON m.organization_id = l.organization_id AND m.user_id = l.user_id
     WHERE l.organization_id = $1 AND l.issuer = $2 AND l.subject = $3`,
    [connection.organizationId, connection.issuer, claims.subject],
  );
  return rows[0] ?? null;
}

async function findUser(db: pg.PoolClient, organizationId: string, email: string): Promise<Known | null> {
  const { rows } = await db.query<Known>(
    `SELECT u.id AS "userId", u.name, m.role
     FROM users u LEFT JOIN members m ON m.organization_id = $1 AND m.user_id = u.id WHERE u.email = $2`,
    [organizationId, email],
  );
  return rows[0] ?? null;
}

async function findInvitation(
  db: pg.PoolClient,
  organizationId: string,
  email: string,
  now: Date,
): Promise<{ id: string; role: Role } | null> {
  const { rows } = await db.query<{ id: string; role: Role }>(
    `SELECT id, role FROM invitations
     WHERE organization_id = $1 AND email = $2 AND accepted_at IS NULL AND expires_at > $3 FOR UPDATE`,
    [organizationId, email, now],
  );
  return rows[0] ?? null;
}

/** A person without a password: they come through the identity provider, or choose one by an invitation. */
async function createUser({ app }: Ctx, db: pg.PoolClient, claims: Claims, email: string): Promise<Found> {
  const userId = app.newId();
  const name = nameOf(claims.name, email);
  await db.query('INSERT INTO users (id, email, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)', [
    userId,
    email,
    name,
    new Date(app.clock()),
  ]);
  return { userId, name };
}

function nameOf(claimed: string | null, email: string): string {
  try {
    return readName((claimed ?? '').slice(0, 120));
  } catch {
    return email.split('@')[0] ?? email;
  }
}
