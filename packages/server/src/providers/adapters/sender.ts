import type { CapabilityInput } from '@trunkline/contract/capabilities';
import type { Mailbox } from '@trunkline/contract/capabilities/texts';
import type { Adapting } from './adapter.ts';

/** Who a message is from: who the caller says, or the sender of the connection. */
export function sender(input: CapabilityInput<'email.send'>, io: Pick<Adapting, 'values'>): Mailbox {
  if (input.from !== undefined) return input.from;
  const { fromEmail = '', fromName = '' } = io.values;
  return fromName === '' ? { email: fromEmail } : { email: fromEmail, name: fromName };
}
