import type { CheckProblem } from '@trunkline/contract/checks';
import { AppError } from '../errors.ts';
import { EgressError } from '../lib/egress/errors.ts';
import type { OAuth2Auth, Provider } from '../providers/provider.ts';
import { ConnectionFault } from './connection-fault.ts';
import { TemplateError } from './fill-template.ts';
import { TokenRefusal } from './token-answer.ts';

const reconnect = 'Reconnect.';

/** Whether the token URL said that what the person once gave is over. */
export function saysEnded(auth: Pick<OAuth2Auth, 'endedErrors'>, error: unknown): boolean {
  if (!(error instanceof TokenRefusal)) return false;
  return error.code === 'invalid_grant' || (auth.endedErrors?.includes(error.code) ?? false);
}

/** Whether the request may have been carried out although no whole answer came. */
export function isLost(error: unknown): boolean {
  return error instanceof EgressError && error.sent;
}

/** Whether the same request may well work a little later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof EgressError) return error.code !== 'blocked' && error.code !== 'protocol';
  return error instanceof TokenRefusal && (error.status >= 500 || error.status === 429);
}

/** Why the token URL gave no token, in plain words. */
export function tokenProblem(provider: Provider, auth: OAuth2Auth, error: unknown): CheckProblem {
  const rule =
    error instanceof TokenRefusal
      ? provider.errors.find(
          ({ status, contains }) =>
            status === undefined && contains !== undefined && error.text.includes(contains),
        )
      : undefined;
  if (rule) {
    const { fault, title, cause, fix, link } = rule;
    return { fault, title, cause, fix, link: link ?? null };
  }
  if (saysEnded(auth, error)) return endedProblem(provider, 'refused');
  if (error instanceof TokenRefusal) return refusalProblem(provider, error);
  if (error instanceof AppError) {
    return plain('config', 'Values are missing', error.message, 'Enter them; it is tried again by itself.');
  }
  if (error instanceof TemplateError) {
    return plain(
      'config',
      'A value does not fit',
      error.message,
      'Correct the values of the integration and connect again.',
    );
  }
  if (error instanceof EgressError && error.code === 'blocked') {
    return plain(
      'config',
      'The address is not allowed',
      error.message,
      'Use a public address, or ask the operator to allow this one in TRUNKLINE_EGRESS_ALLOW.',
    );
  }
  if (error instanceof EgressError) {
    return plain(
      'down',
      `${provider.name} does not answer`,
      error.message,
      'Look at its status page; it is tried again by itself.',
    );
  }
  return plain(
    'unknown',
    `${provider.name} gave an answer that is no token`,
    'The answer of its token address does not have the form of OAuth.',
    'Connect again. When it stays so, look at the addresses of the provider.',
  );
}

function refusalProblem(provider: Provider, { code, status }: TokenRefusal): CheckProblem {
  switch (code) {
    case 'invalid_client':
    case 'unauthorized_client':
    case 'bad_client_secret':
    case 'incorrect_client_credentials':
      return plain(
        'config',
        'The client ID or the client secret is not accepted',
        `${provider.name} does not know this app, or its secret was changed.`,
        'Copy client ID and client secret again.',
      );
    case 'invalid_scope':
      return plain(
        'scope',
        'A permission is not available',
        `${provider.name} does not offer one of the permissions to this app.`,
        `Switch the permission on for the app at ${provider.name}, then connect again.`,
      );
    case 'redirect_uri_mismatch':
      return plain(
        'config',
        'The redirect address is not registered',
        `${provider.name} wants exactly the address that is registered for the app.`,
        'Register the redirect address that is shown with the app, then connect again.',
      );
    default:
  }
  if (status === 429) {
    return plain(
      'rateLimit',
      'Too many calls',
      `${provider.name} limits how often tokens are given.`,
      'Nothing to do: it is tried again by itself.',
    );
  }
  if (status >= 500) {
    return plain(
      'down',
      `${provider.name} does not answer properly`,
      `Its token address answered ${status}.`,
      'Look at its status page; it is tried again by itself.',
    );
  }
  return plain(
    'config',
    `${provider.name} refused to give a token`,
    `It says ${code}.`,
    'Compare the settings of the app here and at the provider, then connect again.',
  );
}

/** Why somebody has to connect anew. */
export type EndReason = 'refused' | 'expired' | 'lost' | 'missing';

/** What a person reads who has to connect anew. */
export function endedProblem({ name }: Pick<Provider, 'name'>, reason: EndReason): CheckProblem {
  const causes: Record<EndReason, string> = {
    refused: `${name} no longer accepts what was granted: it was revoked there, or was not used for too long.`,
    expired: `The token has expired, and ${name} gave nothing to renew it with.`,
    lost: `The answer to a renewal was lost on the way twice, and ${name} takes each renewal only once.`,
    missing: `Nobody has given consent at ${name} yet.`,
  };
  if (reason === 'missing') return plain('reauth', 'Not connected', causes.missing, 'Connect it.');
  return plain('reauth', 'The connection has ended', causes[reason], reconnect);
}

/** {@link endedProblem} as the fault of a call. */
export function endedFault(provider: Pick<Provider, 'name'>, reason: EndReason): ConnectionFault {
  return new ConnectionFault(endedProblem(provider, reason));
}

function plain(fault: CheckProblem['fault'], title: string, cause: string, fix: string): CheckProblem {
  return { fault, title, cause, fix, link: null };
}
