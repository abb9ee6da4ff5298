type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function hasType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return typeOf(value) === type;
}

/**
 * The first place where an example does not fit its JSON Schema, as a sentence; null when none is found. Looks
 * at `type`, `required`, `properties`, `items`, `enum` and `const`, and passes over every other keyword.
 */
export function exampleProblem(schema: unknown, example: unknown, path = ''): string | null {
  if (!isObject(schema)) return null;
  const place = path === '' ? 'The example' : path;
  const types = schema['type'] === undefined ? [] : [schema['type']].flat();
  if (types.length > 0 && !types.some((type) => hasType(example, type))) {
    return `${place} is ${typeOf(example)}, the schema says ${types.map(String).join(' or ')}.`;
  }
  const { enum: values } = schema;
  if (Array.isArray(values) && !values.some((value) => JSON.stringify(value) === JSON.stringify(example))) {
    return `${place} is none of ${values.map((value) => JSON.stringify(value)).join(', ')}.`;
  }
  if ('const' in schema && JSON.stringify(schema['const']) !== JSON.stringify(example)) {
    return `${place} is not ${JSON.stringify(schema['const'])}.`;
  }
  if (Array.isArray(example)) {
    for (const [index, item] of example.entries()) {
      const problem = exampleProblem(schema['items'], item, `${path}[${index}]`);
      if (problem !== null) return problem;
    }
  }
  return isObject(example) ? membersProblem(schema, example, path) : null;
}

function membersProblem(schema: Json, example: Json, path: string): string | null {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = required.find((name) => !(name in example));
  if (missing !== undefined) return `${at(missing)} is missing, the schema requires it.`;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, value] of Object.entries(example)) {
    const problem = Object.hasOwn(properties, name)
      ? exampleProblem(properties[name], value, at(name))
      : null;
    if (problem !== null) return problem;
  }
  return null;
}

/** A text as a JSON object, or the sentence that says why it is none. */
export function parseJsonObject(text: string): { value: Json } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { value } : { problem: 'It must be a JSON object: { … }.' };
  } catch (thrown) {
    const where = /position (\d+)/.exec(String(thrown))?.[1];
    const line = where === undefined ? null : text.slice(0, Number(where)).split('\n').length;
    return {
      problem: line === null ? 'This is not valid JSON.' : `This is not valid JSON: look at line ${line}.`,
    };
  }
}
