import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { Adapting } from './adapter.ts';

/**
 * What is checked: what the caller says, or the package of the integration.
 *
 * @throws what the provider's rules make of a call that names none
 */
export function packageOf(
  order: CapabilityInput<'background_check.order'>,
  io: Pick<Adapting, 'values' | 'failure'>,
): string {
  const wanted = order.package ?? io.values['package'] ?? '';
  if (wanted !== '') return wanted;
  throw io.failure('No package is named, and the integration has none.', 400);
}
