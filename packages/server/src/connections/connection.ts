import type { CallLimits } from '@trunkline/contract/integrations';
import type { Auth, Provider } from '../providers/provider.ts';

/** What is stored of an integration, opened for use inside this process. Never logged, never answered. */
export interface Connection {
  organizationId: string;
  integrationId: string;
  name: string;
  provider: Provider;
  auth: Auth;
  /**
   * Values of the credential fields, references to the environment resolved. For OAuth the values of the app
   * (`level: 'app'`) are among them.
   */
  values: Readonly<Record<string, string>>;
  settings: Readonly<Record<string, string | number | boolean>>;
  limits: CallLimits;
  enabled: boolean;
  /** It was connected at some time and its credentials were not deleted since. */
  connected: boolean;
  account: string | null;
}
