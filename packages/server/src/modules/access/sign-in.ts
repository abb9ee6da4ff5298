import { signIn as operation } from '@trunkline/contract/access';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { enterWithPassword } from './enter-with-password.ts';

/** Signs in with e-mail and password; failures are counted and slowed down (ACC-1). */
export const signIn: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return enterWithPassword(ctx, input);
};
