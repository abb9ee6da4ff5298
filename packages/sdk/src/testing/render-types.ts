import { capabilities, capabilityNames } from '@trunkline/contract/capabilities';
import { z } from 'zod';

interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  description?: string;
}

const command = 'UPDATE_DOCS=1 npx vitest run packages/sdk/src/capability-types.test.ts';

/** The file `capability-types.ts`, made from the contract; not formatted yet. */
export function renderCapabilityTypes(): string {
  const lines = capabilityNames.map((name) => {
    const { summary, input, output } = capabilities[name];
    return `/** ${summary}. */\n'${name}': { input: ${typeOf(schemaOf(input, 'input'))}; result: ${typeOf(schemaOf(output, 'output'))} };`;
  });
  return [
    `// Made from packages/contract/src/capabilities. Change it there, then run:\n// ${command}`,
    `/** What each capability takes and gives. */\nexport interface CapabilityTypes {\n${lines.join('\n')}\n}\n`,
  ].join('\n\n');
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Schema =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;

function typeOf(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map(typeOf));
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');

function objectType({ properties, additionalProperties, required = [] }: Schema): string {
  if (!properties || Object.keys(properties).length === 0) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
    return `Readonly<Record<string, ${value}>>`;
  }
  const fields = Object.entries(properties).map(([name, field]) => {
    const words =
      field.description === undefined ? '' : `/** ${field.description.replaceAll('*/', '*∕')} */\n`;
    return `${words}${name}${required.includes(name) ? '' : '?'}: ${typeOf(field)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}
