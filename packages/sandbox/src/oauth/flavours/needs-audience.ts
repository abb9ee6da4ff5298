import { Refusal } from '../refusal.ts';
import type { Flavour } from '../side.ts';

/** Auth0: a token is for one API, which the request names. */
export const auth0: Flavour = {
  checkToken: (parameters) =>
    parameters.has('audience') ? null : new Refusal('audience_missing', { status: 403 }),
};

/** Lever: the same when somebody signs in. */
export const lever: Flavour = {
  checkAuthorization: (parameters) =>
    parameters.get('audience') === 'https://api.lever.co/v1/' ? null : new Refusal('audience_missing'),
};
