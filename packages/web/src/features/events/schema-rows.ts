/** One property of an event's `data`, ready for a table. */
export interface SchemaRow {
  /** `location.city`, `answers[].question`. */
  path: string;
  /** Nesting, 0 for the top. */
  depth: number;
  type: string;
  required: boolean;
  meaning: string;
}

type Json = Record<string, unknown>;

/** Schemas may be anybody's, and may go round in circles by hand. */
const deepest = 8;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The properties of a JSON Schema, depth first, in their own order. Understands `properties`, `items`,
 * `required`, `type`, `format`, `enum` and `const`; anything else stays out of the table.
 */
export function schemaRows(schema: unknown, prefix = '', depth = 0): SchemaRow[] {
  if (!isObject(schema) || !isObject(schema['properties']) || depth > deepest) return [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(schema['properties']).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row = {
      path,
      depth,
      type: typeName(field),
      required: required.includes(name),
      meaning: meaningOf(field),
    };
    const items = isObject(field) ? field['items'] : null;
    return [row, ...schemaRows(field, `${path}.`, depth + 1), ...schemaRows(items, `${path}[].`, depth + 1)];
  });
}

function typeName(schema: unknown): string {
  if (!isObject(schema)) return 'any';
  const types = [schema['type']].flat().filter((type) => typeof type === 'string');
  const [name = Array.isArray(schema['enum']) ? 'text' : 'any'] = types.filter((type) => type !== 'null');
  const base = name === 'array' ? `list of ${typeName(schema['items'])}` : plainType(name, schema['format']);
  return types.includes('null') ? `${base} or null` : base;
}

function plainType(name: string, format: unknown): string {
  const formats: Record<string, string> = {
    'date-time': 'time',
    date: 'date',
    email: 'e-mail',
    uri: 'URL',
    uuid: 'UUID',
  };
  if (typeof format === 'string' && format in formats) return formats[format] ?? name;
  const names: Record<string, string> = { string: 'text', integer: 'whole number', boolean: 'yes or no' };
  return names[name] ?? name;
}

function meaningOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  const values = Array.isArray(schema['enum']) ? schema['enum'].filter((value) => value !== null) : [];
  const parts = [
    typeof schema['description'] === 'string' ? schema['description'] : '',
    values.length > 0 ? `One of ${values.map(String).join(', ')}.` : '',
    'const' in schema ? `Always ${JSON.stringify(schema['const'])}.` : '',
  ];
  return parts.filter(Boolean).join(' ');
}
