import { findEventType } from '@trunkline/contract/event-types/catalog';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, formats: fullFormats });
const validators = new Map<string, ValidateFunction>();

/** What the schema of its type says against the data of an event; empty when it is as the catalog describes it. */
export function schemaFaults(type: string, data: unknown): string[] {
  const definition = findEventType(type);
  if (!definition) return [`The catalog has no ${type}.`];
  const validate = validators.get(type) ?? ajv.compile(definition.schema);
  validators.set(type, validate);
  if (validate(data)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${type}${instancePath} ${message}`);
}
