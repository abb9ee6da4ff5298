import type { z } from 'zod';
import type { Capability } from './capabilities/capability.ts';
import { emailSend } from './capabilities/email.ts';

/** Every capability. A provider that offers one has an adapter with exactly these shapes. */
export const capabilities = {
  'email.send': emailSend,
} as const satisfies Record<string, Capability>;

export type CapabilityName = keyof typeof capabilities;
export const capabilityNames = Object.keys(capabilities) as [CapabilityName, ...CapabilityName[]];

/** What an adapter is given: checked, with defaults in place. */
export type CapabilityInput<C extends CapabilityName> = z.output<(typeof capabilities)[C]['input']>;
export type CapabilityOutput<C extends CapabilityName> = z.input<(typeof capabilities)[C]['output']>;
