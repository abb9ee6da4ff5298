import { testSso as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { discover, ProviderProblem } from './identity-provider.ts';

/**
 * Reads what an identity provider says about itself.
 * @throws AppError `connection_failed` at `/issuer`
 */
export const testSso: Verb<typeof operation> = async (ctx, { issuer }) => {
  authorize(ctx, operation);
  try {
    const facts = await discover(ctx.app, issuer);
    return {
      authorizationEndpoint: facts.authorization_endpoint,
      tokenEndpoint: facts.token_endpoint,
      pkce: facts.code_challenge_methods_supported?.includes('S256') === true,
    };
  } catch (error) {
    if (error instanceof ProviderProblem) throw fieldError('connection_failed', '/issuer', error.message);
    throw error;
  }
};
