import { hexId } from '../ids.ts';
import { json, text } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

/** Takes anything; whether a Zap is on behind it is not said. */
function take({ request, account, store, params }: Call) {
  const address = `https://hooks.zapier.com/hooks/catch/${params['account']}/${params['hook']}/`;
  if (address !== account.values['hookUrl']) return text(404, 'not found');
  const [id, attempt] = [[8, 4, 4, 4, 12].map(hexId).join('-'), [8, 4, 4, 4, 12].map(hexId).join('-')];
  store.put({ kind: 'catch', id, data: { body: request.body.toString('utf8').slice(0, 10_000) } });
  return json(200, { attempt, id, request_id: attempt, status: 'success' });
}

export const zapierOperations: OperationSet = {
  slugs: ['zapier'],
  routes: ['POST', 'PUT', 'GET'].map((method) => ({
    method,
    path: '/hooks/catch/{account}/{hook}/',
    open: true,
    handle: take,
  })),
};
