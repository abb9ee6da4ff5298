import { createInboundSource as operation, maxInboundSources } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError, fieldError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit, secretChanged } from '../audit/record-audit.ts';
import { presentSource } from './present-source.ts';
import {
  isChosenHere,
  newAddress,
  newKey,
  readAllowed,
  schemeOf,
  senderOf,
  usualSignature,
} from './rules.ts';
import { keyPlace, keysOf } from './source-keys.ts';
import { auditView, readSource } from './source-queries.ts';

/**
 * Creates a source, whose address works at once (IN-1). Where the key is ours to choose and neither given nor known from
 * the integration, it is made here, and is in this answer only.
 *
 * @throws AppError `invalid_input`, `not_found` for an integration that is not there, `conflict` when there are too many,
 *   or when the integration has one already
 */
export const createInboundSource: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { integrationId } = input;
  return inOrganization(ctx, async (tx) => {
    // Somebody else's integration is not there, whatever else is wrong.
    const own = integrationId === undefined ? null : await integrationOf(tx, integrationId);
    const provider = senderOf(input.provider);
    const networks = readAllowed(input.allowedAddresses);
    if (own !== null && own.provider !== input.provider) {
      throw fieldError('invalid_input', '/integrationId', 'The integration is one of another provider.');
    }
    if (provider !== null && input.signature !== undefined) {
      throw fieldError('invalid_input', '/signature', `How ${provider.name} signs is known.`);
    }
    await requireRoom(tx, integrationId ?? null);
    const signature = provider === null ? (input.signature ?? usualSignature) : null;
    const id = app.newId();
    const now = new Date(app.clock());
    await tx.query(
      `INSERT INTO inbound_sources (id, organization_id, address, provider, name, integration_id, signature, networks,
         per_minute, created_at, created_by, updated_at)
       VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $9)`,
      [
        id,
        newAddress(app.randomBytes),
        input.provider,
        input.name ?? own?.name ?? provider?.name ?? 'Inbound webhooks',
        integrationId ?? null,
        signature === null ? null : JSON.stringify(signature),
        networks,
        input.perMinute,
        now,
        callerOf(ctx),
      ],
    );
    const scheme = schemeOf(input.provider, signature)!;
    const isMissing = keysOf(app, await readSource(tx, id), scheme).from === 'missing';
    const made =
      input.key === undefined && isMissing && isChosenHere(scheme)
        ? newKey(app.randomBytes, scheme.algorithm)
        : null;
    const key = input.key ?? made;
    if (key !== null) {
      await tx.query(
        'UPDATE inbound_sources SET key_box = $2 WHERE organization_id = current_organization() AND id = $1',
        [id, app.secretBox.seal(key, keyPlace(tx.organizationId, id, 'key_box'))],
      );
    }
    const source = await readSource(tx, id);
    await recordAudit(ctx, tx, {
      action: 'inbound_source.created',
      target: { type: 'inbound_source', id, name: source.sourceName },
      changes: {
        ...changesBetween<Record<string, unknown>>({}, auditView(source)),
        ...(key !== null && { key: secretChanged }),
      },
    });
    tx.announce('inbound', [id]);
    return { ...presentSource(app, source), key: made };
  });
};

async function integrationOf(tx: Tx, id: string): Promise<{ provider: string; name: string }> {
  const [row] = await tx.query<{ provider: string; name: string }>(
    `SELECT provider, name FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL FOR SHARE`,
    [id],
  );
  if (!row) throw notFound('integration');
  return row;
}

/** @throws AppError `conflict` */
async function requireRoom(tx: Tx, integrationId: string | null): Promise<void> {
  const [row] = await tx.query<{ count: number; taken: boolean }>(
    `SELECT count(*)::int AS count, coalesce(bool_or(integration_id = $1), false) AS taken FROM inbound_sources
     WHERE organization_id = current_organization() AND deleted_at IS NULL`,
    [integrationId],
  );
  if (row?.taken) throw new AppError('conflict', 'This integration has a source already.');
  if ((row?.count ?? 0) >= maxInboundSources) {
    throw new AppError('conflict', `There are ${maxInboundSources} sources. Delete one that is not used.`);
  }
}

function callerOf({ actor }: Ctx): string {
  return actor.type === 'anonymous' ? 'nobody signed in' : actor.name;
}
