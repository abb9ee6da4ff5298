import { textOf } from '../../accounts/seed.ts';
import { uuidOf } from '../seed.ts';
import type { Flavour } from '../side.ts';

/** Calendly says whose token it is. */
export const calendly: Flavour = {
  credentials: (name) => ({ clientId: textOf(name, 43), clientSecret: textOf(`${name}:secret`, 43) }),
  answer: (standard, { side, grant }) => ({
    ...standard,
    created_at: Math.floor(side.clock() / 1000),
    owner: `https://api.calendly.com/users/${uuidOf(grant.account!.id)}`,
    organization: `https://api.calendly.com/organizations/${uuidOf(grant.account!.organization)}`,
  }),
  revocation: { success: {} },
};
