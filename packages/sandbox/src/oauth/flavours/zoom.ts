import { textOf } from '../../accounts/seed.ts';
import { json } from '../refusal.ts';
import type { Flavour } from '../side.ts';

/** Zoom: scopes with spaces in the answer, a `reason` with every error, and a word when a token has ended. */
export const zoom: Flavour = {
  credentials: (name) => ({ clientId: textOf(name, 22), clientSecret: textOf(`${name}:secret`, 32) }),
  answer: (standard, { scopes }) => ({
    ...standard,
    token_type: 'bearer',
    scope: scopes.join(' '),
    api_url: 'https://api.zoom.us',
  }),
  refuse: ({ reason, error, status, message, headers }) =>
    reason === 'commanded' ? null : json(status, { reason: message, error }, { ...headers }),
  revocation: { success: { status: 'success' } },
};
