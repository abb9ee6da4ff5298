import { resolveValues } from '../../connections/credentials.ts';
import type { CredentialSet } from '../../connections/credentials.ts';
import type { Connection } from '../../connections/connection.ts';
import type { Ctx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import type { Auth, Provider } from '../../providers/provider.ts';

/**
 * A connection as it would be with these values, saved or not.
 *
 * @throws AppError `invalid_input` for a reference to a variable that is not released
 */
export function typedConnection(
  ctx: Ctx,
  organizationId: string,
  way: { provider: Provider; auth: Auth },
  set: CredentialSet,
  stored: Partial<Pick<Connection, 'integrationId' | 'name' | 'settings' | 'connected' | 'account'>> = {},
): Connection {
  const { provider, auth } = way;
  return {
    organizationId,
    integrationId: '',
    name: provider.name,
    connected: false,
    account: null,
    settings: Object.fromEntries(provider.settings.map(({ key, default: value }) => [key, value])),
    ...stored,
    provider,
    auth,
    values: { ...resolved(ctx, organizationId, set), ...provider.fixedValues },
    limits: { perHour: null, perDay: null, onLimit: 'refuse' },
    enabled: true,
  };
}

function resolved(ctx: Ctx, organizationId: string, set: CredentialSet): Record<string, string> {
  try {
    return resolveValues(ctx.app.config, organizationId, set);
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('invalid_input', error.message);
    throw error;
  }
}
