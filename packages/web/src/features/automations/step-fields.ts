/** The part of JSON Schema that inputs of capabilities use. */
interface Schema {
  type?: string;
  description?: string;
  enum?: string[];
  anyOf?: Schema[];
  items?: Schema;
  maxLength?: number;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
}

/** How a field of an input is written down in a form. */
export interface StepField {
  key: string;
  label: string;
  required: boolean;
  help: string | undefined;
  /** `list`: one item a line; `json`: anything else that is no single value. */
  kind: 'line' | 'text' | 'list' | 'number' | 'switch' | 'choice' | 'json';
  choices: string[];
}

const longTexts = 500;

/** The fields of an input, the required ones first. */
export function fieldsOf(schema: Record<string, unknown>): StepField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties)
    .map(([key, field]) => ({
      key,
      label: labelOf(key),
      required: required.includes(key) && field.default === undefined,
      help: field.description,
      ...kindOf(field),
    }))
    .sort((a, b) => Number(b.required) - Number(a.required));
}

function labelOf(key: string): string {
  const words = key.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function kindOf(schema: Schema): Pick<StepField, 'kind' | 'choices'> {
  const plain = (kind: StepField['kind']) => ({ kind, choices: [] });
  if (schema.enum) return { kind: 'choice', choices: schema.enum };
  const kinds = [schema, ...(schema.anyOf ?? []).flatMap((one) => [one, ...(one.anyOf ?? [])])];
  const isList = kinds.some(({ type, items }) => type === 'array' && takesText(items));
  if (isList) return plain('list');
  switch (schema.type) {
    case 'string':
      return plain((schema.maxLength ?? 0) > longTexts && schema.pattern === undefined ? 'text' : 'line');
    case 'integer':
    case 'number':
      return plain('number');
    case 'boolean':
      return plain('switch');
    default:
      return plain(takesText(schema) ? 'line' : 'json');
  }
}

function takesText(schema: Schema | undefined): boolean {
  return schema?.type === 'string' || (schema?.anyOf ?? []).some(takesText);
}

/** A value of an input as its field shows it; empty for one that is not there. */
export function textOf({ kind }: StepField, value: unknown): string {
  if (value === undefined) return '';
  if (kind === 'list' && Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.join('\n');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const wholePlaceholder = /^\{\{[^{}]*\}\}$/;

/** What a field's text stands for; undefined: it is left out. Placeholders stay texts until they are filled. */
export function valueOf({ kind }: StepField, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const isPlaceholder = wholePlaceholder.test(trimmed);
  switch (kind) {
    case 'list': {
      const lines = trimmed.split('\n').map((line) => line.trim());
      // One placeholder may be a whole list.
      return lines.length === 1 && isPlaceholder ? trimmed : lines.filter((line) => line !== '');
    }
    case 'number':
      return isPlaceholder || !Number.isFinite(Number(trimmed)) ? trimmed : Number(trimmed);
    case 'switch':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
    case 'json':
      try {
        return JSON.parse(trimmed) as unknown;
      } catch {
        return trimmed;
      }
    case 'line':
    case 'text':
    case 'choice':
      return text;
  }
}
