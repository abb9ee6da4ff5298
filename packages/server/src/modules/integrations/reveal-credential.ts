import { revealCredential as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { readCredentials } from '../../connections/load-connection.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readIntegration } from './queries.ts';

/**
 * Gives one stored secret to a person who has just proved who they are (CONN-8). Every time is audited. A reference to
 * the environment is given as it is, without what it leads to.
 *
 * @throws AppError `not_found`
 */
export const revealCredential: Verb<typeof operation> = async (ctx, { id, key }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { name, secrets } = await readIntegration(ctx.app, tx, id);
    const set = await readCredentials(ctx.app, tx, id, 'current');
    const value = secrets.some((secret) => secret.key === key)
      ? (set?.secrets[key] ?? set?.plain[key])
      : undefined;
    if (value === undefined) throw notFound('stored secret');
    await recordAudit(ctx, tx, {
      action: 'integration.secret_revealed',
      target: { type: 'integration', id, name },
      changes: { revealed: { before: null, after: key } },
    });
    return { value };
  });
};
