import { authOf, connectionTypeOf } from '../../connections/connection-type.ts';
import { requireVisible } from '../../connections/require-visible.ts';
import type { Tx } from '../../ctx.ts';
import { fieldError } from '../../errors.ts';
import type { Auth, Provider } from '../../providers/provider.ts';

/**
 * A provider and one of its ways to connect.
 *
 * @throws AppError `not_found` for the provider, `invalid_input` for the way
 */
export async function chosenWay(
  tx: Tx,
  slug: string,
  type: string | undefined,
): Promise<{ provider: Provider; auth: Auth }> {
  const provider = await requireVisible(tx, slug);
  const auth = authOf(provider, type);
  if (!auth) {
    const ways = provider.auth.map(connectionTypeOf).join(', ');
    throw fieldError('invalid_input', '/authType', `${provider.name} connects by ${ways}.`);
  }
  return { provider, auth };
}
