import { objectOf } from './schema.ts';
import type { Fields, JsonSchema } from './schema.ts';

/** A kind of event, as the catalog describes it (WH-8). */
export interface EventTypeDefinition {
  /** Lower-case words joined by dots: `job.created`. */
  name: string;
  /** Heading in the event picker: `Jobs`. */
  group: string;
  description: string;
  /** JSON Schema 2020-12 of `data`. */
  schema: JsonSchema;
  /** A realistic `data`; it is what a test delivery sends. */
  example: Record<string, unknown>;
}

interface Draft {
  description: string;
  data: Fields;
  example: Record<string, unknown>;
}

/** The event types of one group, from their names and fields. */
export function defineGroup(group: string, events: Record<string, Draft>): EventTypeDefinition[] {
  return Object.entries(events).map(([name, { description, data, example }]) => ({
    name,
    group,
    description,
    schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...objectOf(data) },
    example,
  }));
}
