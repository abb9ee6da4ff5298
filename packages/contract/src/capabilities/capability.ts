import type { z } from 'zod';

/** One thing that a provider can be asked to do, in the same shape whichever provider does it (ACT-1). */
export interface Capability<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** In a list. */
  label: string;
  summary: string;
  /** `read` changes nothing at the provider, so that it may be repeated at will; `write` does. */
  effect: 'read' | 'write';
  input: Input;
  output: Output;
  /**
   * Only of a `read` of one stored thing, which one store may have and another not: when a store does not have it, the
   * others of the chain are asked. `answer`: the result when none has it; null: the action has failed then.
   */
  missing?: { answer: z.input<Output> | null };
  /** An input for the documentation. */
  example: z.input<Input>;
}

/** Declares a capability; the types of its schemas are kept for callers and adapters. */
export function defineCapability<I extends z.ZodType, O extends z.ZodType>(
  capability: Capability<I, O>,
): Capability<I, O> {
  return capability;
}
