import { eventGroups, eventTypes } from './catalog.ts';
import type { EventTypeDefinition } from './event-type.ts';
import type { JsonSchema } from './schema.ts';

const lineWidth = 110;

const introduction = `# Events

<!-- Made from packages/contract/src/event-types. Change it there, then run:
UPDATE_DOCS=1 npx vitest run packages/contract/src/event-types -->

An event says that something happened. Your product sends it once, with \`POST /api/v1/events\`; Trunkline
delivers it to every webhook that subscribes to its type. The events of the group Trunkline are about Trunkline
itself and are not for you to send.

A webhook subscribes to exact types (\`job.created\`), to everything below a prefix (\`job.*\`), or to everything
(\`*\`). You may send and subscribe to types that are not listed here, and add your own to the catalog. A test
delivery carries the example below.

Schemas are JSON Schema 2020-12 and describe \`data\`. They grow: new fields may be added, so ignore what you do not
know. \`GET /api/v1/event-types\` returns the whole catalog, your own types included.

What a receiver gets:

\`\`\`json
{
  "id": "019ab127-6a00-7d21-9b0f-41c2d3e4f506",
  "type": "job.created",
  "event": "job.created",
  "timestamp": "2026-11-23T10:30:00.000Z",
  "data": {}
}
\`\`\`

\`event\` is always the same as \`type\`. How to check that a delivery is genuine:
[Verify webhooks](verify-webhooks.md).
`;

/** The page \`docs/events.md\`: every event type with its fields and an example, in Prettier's own style. */
export function renderEventCatalog(): string {
  const groups = eventGroups.map((group) => ({
    group,
    types: eventTypes.filter((type) => type.group === group),
  }));
  const contents = groups.map(
    ({ group, types }) =>
      `- **${group}**: ${types.map(({ name }) => `[${name}](#${anchorOf(name)})`).join(', ')}`,
  );
  const sections = groups.map(({ group, types }) => [`## ${group}`, ...types.map(renderType)].join('\n\n'));
  return `${[introduction.trimEnd(), '## Contents', contents.join('\n'), ...sections].join('\n\n')}\n`;
}

/** The anchor that Markdown viewers give to a heading: lower case, without punctuation. */
function anchorOf(name: string): string {
  return name.replaceAll('.', '');
}

function renderType(type: EventTypeDefinition): string {
  const rows = fieldRows(type.schema, '');
  return [
    `### ${type.name}`,
    type.description,
    renderTable(['Field', 'Type', 'Required', 'Meaning'], rows),
    `\`\`\`json\n${renderJson(type.example, '', '')}\n\`\`\``,
  ].join('\n\n');
}

function fieldRows(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row = [
      `\`${path}\``,
      typeName(field),
      schema.required?.includes(name) ? 'yes' : 'no',
      [field.description, allowedValues(field)].filter(Boolean).join(' '),
    ];
    return [
      row,
      ...fieldRows(field, `${path}.`),
      ...(field.items ? fieldRows(field.items, `${path}[].`) : []),
    ];
  });
}

function typeName(schema: JsonSchema): string {
  const [name, orNull] = [schema.type].flat();
  const items = schema.items ? ` of ${typeName(schema.items)}s` : '';
  return `${schema.format ?? name}${items}${orNull ? ' or null' : ''}`;
}

function allowedValues(schema: JsonSchema): string {
  const values = schema.enum?.filter((value) => value !== null) ?? [];
  return values.length > 0 ? `One of ${values.map((value) => `\`${value}\``).join(', ')}.` : '';
}

/** A Markdown table in Prettier's own style. */
export function renderTable(head: string[], rows: string[][]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((row) => [...(row[column] ?? '')].length)));
  const [first = '', ...rest] = lines.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n');
}

/** JSON as Prettier writes it: objects over several lines, arrays of plain values on one line where they fit. */
function renderJson(value: unknown, indent: string, before: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((entry) => JSON.stringify(entry)).join(', ')}]`;
    const plain = value.every((entry) => typeof entry !== 'object' || entry === null);
    if (plain && before.length + flat.length < lineWidth) return flat;
    return `[\n${value.map((entry) => inner + renderJson(entry, inner, inner)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([name, entry]) => {
    const start = `${inner}${JSON.stringify(name)}: `;
    return start + renderJson(entry, inner, start);
  });
  return lines.length > 0 ? `{\n${lines.join(',\n')}\n${indent}}` : '{}';
}
