import { hexId } from '../ids.ts';
import type { SandboxReply } from '../exchange.ts';
import { json } from '../operations.ts';

/* What all of Microsoft Graph answers in the same words. */

export function graphFailure(status: number, code: string, message: string): SandboxReply {
  return json(status, {
    error: { code, message, innerError: { 'request-id': [8, 4, 4, 4, 12].map(hexId).join('-') } },
  });
}

export const graphDenied = () =>
  graphFailure(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

export const graphUnknown = () =>
  graphFailure(404, 'itemNotFound', 'The specified object was not found in the store.');
