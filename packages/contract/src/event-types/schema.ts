/** The part of JSON Schema 2020-12 that the catalog uses. */
export type JsonSchema = {
  $schema?: 'https://json-schema.org/draft/2020-12/schema';
  type: JsonType | [JsonType, 'null'];
  description?: string;
  format?: 'date-time' | 'date' | 'email' | 'uri' | 'uuid';
  enum?: (string | null)[];
  minimum?: number;
  maximum?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
};

export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

/** Properties of an object. A name that ends in `?` is optional; every other one is required. */
export type Fields = Record<string, JsonSchema>;

export const text = (description: string): JsonSchema => ({ type: 'string', description });
export const time = (description: string): JsonSchema => ({ ...text(description), format: 'date-time' });
export const date = (description: string): JsonSchema => ({ ...text(description), format: 'date' });
export const email = (description: string): JsonSchema => ({ ...text(description), format: 'email' });
export const url = (description: string): JsonSchema => ({ ...text(description), format: 'uri' });
export const uuid = (description: string): JsonSchema => ({ ...text(description), format: 'uuid' });
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });

export const oneOf = (description: string, values: string[]): JsonSchema => ({
  ...text(description),
  enum: values,
});

/** A whole number, 0 or more. */
export const count = (description: string): JsonSchema => ({ type: 'integer', description, minimum: 0 });

/** A number, 0 or more; at most `maximum` if given. */
export const amount = (description: string, maximum?: number): JsonSchema => ({
  type: 'number',
  description,
  minimum: 0,
  ...(maximum === undefined ? {} : { maximum }),
});

export const list = (description: string, items: JsonSchema): JsonSchema => ({
  type: 'array',
  description,
  items,
});

export const object = (description: string, fields: Fields): JsonSchema => ({
  ...objectOf(fields),
  description,
});

/** The same schema, with null allowed. */
export function nullable(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema.type)) return schema;
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(schema.enum ? { enum: [...schema.enum, null] } : {}),
  };
}

/** Schema of an object; further properties are allowed, so that an event can grow without breaking anyone. */
export function objectOf(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
  };
}
