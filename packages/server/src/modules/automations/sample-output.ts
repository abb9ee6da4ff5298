import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { z } from 'zod';

interface Schema {
  type?: string;
  format?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** An output as a capability could give it, to try the inputs of later steps with. */
export function sampleOutput(capability: CapabilityName): Record<string, unknown> {
  const schema = z.toJSONSchema(capabilities[capability].output, { io: 'output', unrepresentable: 'any' });
  return sampleOf(schema as Schema, 'result') as Record<string, unknown>;
}

function sampleOf(schema: Schema, name: string): unknown {
  if (schema.anyOf) return sampleOf(schema.anyOf.find(({ type }) => type !== 'null') ?? {}, name);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, sampleOf(value, key)]),
      );
    case 'array':
      return [sampleOf(schema.items ?? {}, name)];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return /url$/i.test(name) ? 'https://example.com/sample' : `sample-${name}`;
  }
}
