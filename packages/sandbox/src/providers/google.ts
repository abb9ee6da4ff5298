import type { SandboxReply } from '../exchange.ts';
import { json } from '../operations.ts';

/* What all of Google's APIs answer in the same words. */

export function googleFailure(code: number, reason: string, message: string): SandboxReply {
  return json(code, { error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}

export const googleDenied = () =>
  json(403, {
    error: {
      code: 403,
      message: 'Request had insufficient authentication scopes.',
      errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
      status: 'PERMISSION_DENIED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' },
      ],
    },
  });

export const googleUnknown = () => googleFailure(404, 'notFound', 'Not Found');
