import { readJson } from '../body.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

const lifeSeconds = 86_400;

/** The token of the day, for the key and the secret. */
function createToken({ request, account, issueToken }: Call) {
  const input = readJson(request);
  const { apiKey, clientSecret } = account.values;
  if (input?.['api_key'] !== apiKey || input?.['client_secret'] !== clientSecret)
    return json(401, { message: 'Unauthorized' });
  const token = wordId(64);
  issueToken(token);
  return json(200, { access_token: token, token_type: 'Bearer', expires_in: lifeSeconds });
}

export const papayaGlobalOperations: OperationSet = {
  slugs: ['papaya-global'],
  routes: [{ method: 'POST', path: '/api/v1/token', open: true, handle: createToken }],
};
