/**
 * What a webhook subscribes to (WH-1): an exact type (`job.created`), a prefix (`job.*`, any depth below it)
 * or everything (`*`).
 */
export type EventPattern = string;

/** What the name of an event type looks like: lower-case words joined by dots. */
export const eventTypeName = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
const pattern = /^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.([a-z][a-z0-9_]*|\*))$/;
/** Of the name of an event type and of a pattern. */
export const maxEventTypeLength = 120;

/** Says whether a text is a pattern. A single word without `.*` is none: no type has fewer than two words. */
export function isEventPattern(value: string): boolean {
  return value.length <= maxEventTypeLength && pattern.test(value);
}

/** Says whether a text can be the name of an event type. */
export function isEventTypeName(value: string): boolean {
  return value.length <= maxEventTypeLength && eventTypeName.test(value);
}

/** Says whether an event of this type goes to a webhook with this pattern. `job.*` does not match `job` itself. */
export function matchesPattern(eventPattern: EventPattern, type: string): boolean {
  if (eventPattern === '*') return true;
  if (eventPattern.endsWith('.*')) return type.startsWith(eventPattern.slice(0, -1));
  return eventPattern === type;
}

/**
 * Every pattern that matches a type, the narrowest first: `a.b.c` gives `a.b.c`, `a.b.*`, `a.*`, `*`. With it a
 * database finds the subscribers by an index on the patterns instead of trying each of them.
 */
export function patternsOf(type: string): EventPattern[] {
  const words = type.split('.');
  const prefixes = words.slice(0, -1).map((_, index) => `${words.slice(0, index + 1).join('.')}.*`);
  return [type, ...prefixes.toReversed(), '*'];
}
