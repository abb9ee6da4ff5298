import { capabilityNames } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { Adapters } from './adapter.ts';

/** What a provider can do. */
export function capabilitiesOf({ adapters }: { adapters?: Adapters }): CapabilityName[] {
  return capabilityNames.filter((name) => adapters?.[name] !== undefined);
}
