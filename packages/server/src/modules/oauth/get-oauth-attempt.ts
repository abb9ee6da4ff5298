import { getOAuthAttempt as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { oauthWays } from '../../connections/oauth-app.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { readAttempt } from './queries.ts';
import { attemptState, presentMissing } from './rules.ts';

/**
 * What became of an attempt to connect.
 *
 * @throws AppError `not_found`, also a day after it ended
 */
export const getOAuthAttempt: Verb<typeof operation> = async (ctx, { attemptId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const attempt = await readAttempt(tx, attemptId);
    if (attempt === null) throw notFound('attempt to connect');
    const provider = await providerOf(tx, attempt.provider);
    const state = attemptState(attempt, ctx.app.clock());
    const scopes = oauthWays(provider).find(({ grant }) => grant === 'authorization_code')?.scopes ?? [];
    return {
      id: attempt.id,
      integrationId: attempt.integrationId,
      provider: provider.slug,
      providerName: provider.name,
      state,
      detail: state === 'expired' ? 'It took longer than ten minutes. Connect again.' : attempt.detail,
      account: attempt.account,
      missingScopes: presentMissing(scopes, attempt.missingScopes),
    };
  });
};
