import { textOf } from '../../accounts/seed.ts';
import { digitsOf } from '../seed.ts';
import type { Flavour } from '../side.ts';

/** Discord: an empty object when a token has ended. */
export const discord: Flavour = {
  credentials: (name) => ({ clientId: digitsOf(name, 19), clientSecret: textOf(`${name}:secret`, 32) }),
  revocation: { success: {} },
};
