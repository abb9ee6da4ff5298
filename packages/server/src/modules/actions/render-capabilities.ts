import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { z } from 'zod';
import type { Provider } from '../../providers/provider.ts';

const command =
  'UPDATE_DOCS=1 npx vitest run packages/server/src/modules/actions/render-capabilities.test.ts';

/** The page `docs/actions/<capability>.md`, made from the contract and the adapters; not formatted yet. */
export function renderCapability(name: CapabilityName, providers: readonly Provider[]): string {
  const { summary, effect, input, output, example } = capabilities[name];
  const body = JSON.stringify(example, null, 2);
  const able = providers.filter(({ adapters }) => adapters?.[name] !== undefined);
  return [
    `# ${name}`,
    `<!-- Made from packages/contract/src/capabilities and packages/server/src/providers/adapters. Change them there, then run:\n${command} -->`,
    `${summary}. ${effect === 'read' ? 'It changes nothing at the provider.' : 'Send an `Idempotency-Key`, so that a repetition is not done twice.'} What holds for every action is in [Actions](../actions.md).`,
    ...elsewhereWords(name),
    '## Example',
    `\`\`\`sh\ncurl https://trunkline.example.com/api/v1/actions/${name} \\\n  -H "Authorization: Bearer $TRUNKLINE_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -H "Idempotency-Key: 5f1c2a" \\\n  -d '${JSON.stringify(example)}'\n\`\`\``,
    `\`\`\`ts\nconst response = await fetch('https://trunkline.example.com/api/v1/actions/${name}', {\n  method: 'POST',\n  headers: {\n    authorization: \`Bearer \${process.env.TRUNKLINE_API_KEY}\`,\n    'content-type': 'application/json',\n    'idempotency-key': '5f1c2a',\n  },\n  body: JSON.stringify(${body}),\n});\nconst { status, result } = await response.json();\n\`\`\``,
    '## Input',
    fieldList(input, 'input'),
    '## Result',
    fieldList(output, 'output'),
    '## Providers',
    ...doubtWords(name),
    able
      .map((provider) => {
        const { repeatable, duplicates } = provider.adapters![name]!;
        const word = repeatable ? 'may be repeated' : 'is not repeated in doubt';
        return `- **${provider.name}** (${word}): ${duplicates}`;
      })
      .join('\n'),
  ].join('\n\n');
}

/** What risk of duplicates is left beside what each adapter says. */
function doubtWords(name: CapabilityName): string[] {
  if (capabilities[name].effect === 'read') return [];
  return [
    'In brackets stands what happens when an answer does not come. A server error (500, 502, 503) counts as not done, so that another try or the backup follows it: if a provider did the work and then answered so, it is done twice, unless it is one that may be repeated and is asked again itself. Why that is decided so is in [decision 9](../decisions/0009-actions.md).',
  ];
}

/** What happens where a store does not have what is read. */
function elsewhereWords(name: CapabilityName): string[] {
  const { missing } = capabilities[name];
  if (missing === undefined) return [];
  const nobody =
    missing.answer === null
      ? 'When none has it the action has failed; with one store alone nobody is asked, and the address is made all the same.'
      : 'When none has it, that is the result.';
  return [
    `A store that does not have the file is no failure: the other connected stores of its chain are asked in order, each once, and the first that has it answers. ${nobody} More is in [Files at several stores](../actions.md#files-at-several-stores).`,
  ];
}

interface FieldSchema {
  type?: string | string[];
  description?: string;
  anyOf?: FieldSchema[];
  default?: unknown;
  maxLength?: number;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  items?: FieldSchema;
}

function fieldList(schema: z.ZodType, io: 'input' | 'output'): string {
  return fieldLines(z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as FieldSchema, io, '').join('\n');
}

/** One line a field, and below it those of what it holds. */
function fieldLines({ properties = {}, required = [] }: FieldSchema, io: string, indent: string): string[] {
  return Object.entries(properties).flatMap(([key, field]) => {
    const types = (field.anyOf ?? [field]).flatMap(({ type }) => type ?? 'value');
    const needed = io === 'output' || required.includes(key) ? '' : ', optional';
    const usual = field.default === undefined ? '' : `, default \`${JSON.stringify(field.default)}\``;
    const words = field.description === undefined ? '' : ` ${field.description}`;
    const line = `${indent}- \`${key}\` (${[...new Set(types)].join(' or ')}${needed}${usual})${words === '' ? '' : ':'}${words}`;
    return [line, ...fieldLines(heldBy(field), io, `${indent}  `)];
  });
}

/** The object that a field is, or that its list is made of. */
function heldBy(field: FieldSchema): FieldSchema {
  const choices = [field, ...(field.anyOf ?? [])].flatMap((one) => [
    one,
    one.items,
    ...(one.items?.anyOf ?? []),
  ]);
  return choices.find((one) => one?.properties !== undefined) ?? {};
}
