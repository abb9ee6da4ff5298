/** Something wrong with a template, and where: a JSON pointer into it. */
export interface TemplateIssue {
  pointer: string;
  detail: string;
}

export type Rendered = { ok: true; value: unknown } | { ok: false; issues: TemplateIssue[] };

/** What a template may say more than this comes to no good, in characters of all rendered texts together. */
export const longestRendered = 200_000;
const deepest = 12;
const mostOfList = 1_000;

interface Placeholder {
  path: string[];
  /** What stands in for a missing value; null: the field is left out; undefined: it must not be missing. */
  otherwise: string | null | undefined;
}

/** A path through objects and lists; `*` stands for every item of a list. */
const pathPattern = /^[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*$/;
const quoted = /^"(?:[^"\\]|\\["\\n])*"$/;

/** Says whether a text is a path as templates and conditions have them, such as `event.data.title`. */
export function isTemplatePath(text: string): boolean {
  return text.length <= 300 && pathPattern.test(text);
}

/**
 * Fills a template: data with placeholders such as `{{ event.data.title }}` in its texts. A text that is one placeholder
 * becomes the value itself, whatever its type; inside a longer text, values become text, and lists are joined by commas. A
 * value that is missing or null is an issue unless the placeholder says what to do: `{{ x | "text" }}` puts a text in its
 * place, `{{ x | none }}` leaves the whole field out. Nothing is computed and nothing of the template is run.
 */
export function renderTemplate(template: unknown, scope: Readonly<Record<string, unknown>>): Rendered {
  const issues: TemplateIssue[] = [];
  const budget = { left: longestRendered };
  const value = render(template, '', 0, { scope, issues, budget });
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, value: value === leftOut ? undefined : value };
}

/** The paths that a template names, with what is wrong in how it is written. */
export function pathsOf(template: unknown): { paths: string[]; issues: TemplateIssue[] } {
  const paths = new Set<string>();
  const issues: TemplateIssue[] = [];
  walk(template, '', 0, (text, pointer) => {
    for (const part of partsOf(text)) {
      if (typeof part === 'string') continue;
      if ('wrong' in part) issues.push({ pointer, detail: part.wrong });
      else paths.add(part.path.join('.'));
    }
  });
  return { paths: [...paths], issues };
}

/** The value at a path, or undefined; only own properties count, so that nothing of the language itself is reached. */
export function valueAt(scope: Readonly<Record<string, unknown>>, path: string): unknown {
  return resolve(scope, path.split('.'));
}

const leftOut = Symbol('left out');

interface Work {
  scope: Readonly<Record<string, unknown>>;
  issues: TemplateIssue[];
  budget: { left: number };
}

function render(template: unknown, pointer: string, depth: number, work: Work): unknown {
  if (typeof template === 'string') return renderText(template, pointer, work);
  if (typeof template !== 'object' || template === null) return template;
  if (depth >= deepest) {
    work.issues.push({ pointer, detail: `Nested more than ${deepest} deep.` });
    return null;
  }
  if (Array.isArray(template)) {
    return template
      .map((item, index) => render(item, `${pointer}/${index}`, depth + 1, work))
      .filter((item) => item !== leftOut);
  }
  const filled = Object.entries(template).map(
    ([key, value]) => [key, render(value, `${pointer}/${escapeKey(key)}`, depth + 1, work)] as const,
  );
  return Object.fromEntries(filled.filter(([, value]) => value !== leftOut));
}

function renderText(text: string, pointer: string, work: Work): unknown {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') {
    const value = valueOf(only, pointer, work);
    // An object or a list may be large, too.
    if (typeof value !== 'symbol') {
      spend(typeof value === 'string' ? value.length : JSON.stringify(value ?? null).length, pointer, work);
    }
    return value;
  }
  let whole = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : asText(valueOf(part, pointer, work), pointer, work);
    if (!spend(value.length, pointer, work)) return null;
    whole += value;
  }
  return whole;
}

function spend(length: number, pointer: string, { budget, issues }: Work): boolean {
  const before = budget.left;
  budget.left -= length;
  if (budget.left >= 0) return true;
  // Said once, however much follows.
  if (before >= 0) issues.push({ pointer, detail: `More than ${longestRendered} characters together.` });
  return false;
}

function valueOf(part: Placeholder | { wrong: string }, pointer: string, { scope, issues }: Work): unknown {
  if ('wrong' in part) {
    issues.push({ pointer, detail: part.wrong });
    return null;
  }
  const value = resolve(scope, part.path);
  if (value !== undefined && value !== null) return value;
  if (part.otherwise === null) return leftOut;
  if (part.otherwise !== undefined) return part.otherwise;
  const path = part.path.join('.');
  issues.push({
    pointer,
    detail: `${path} is missing. Say what to put in its place: {{ ${path} | "text" }}, or {{ ${path} | none }} to leave the field out.`,
  });
  return null;
}

function asText(value: unknown, pointer: string, { issues }: Work): string {
  if (typeof value === 'symbol' || value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return value.map((item) => String(item ?? '')).join(', ');
  }
  issues.push({ pointer, detail: 'An object cannot stand inside a text. Name one of its fields.' });
  return '';
}

function resolve(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const [index, key] of path.entries()) {
    if (key === '*') {
      if (!Array.isArray(value)) return undefined;
      const rest = path.slice(index + 1);
      const items: unknown[] = value.slice(0, mostOfList);
      return items.map((item) => resolve(item, rest)).filter((item) => item !== undefined && item !== null);
    }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A text as plain pieces and placeholders. */
function partsOf(text: string): (string | Placeholder | { wrong: string })[] {
  const parts: (string | Placeholder | { wrong: string })[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    if (open > at) parts.push(text.slice(at, open));
    const close = text.indexOf('}}', open + 2);
    if (close < 0) return [...parts, { wrong: 'A placeholder is opened by {{ and never closed by }}.' }];
    parts.push(placeholderOf(text.slice(open + 2, close)));
    at = close + 2;
  }
  if (at < text.length || parts.length === 0) parts.push(text.slice(at));
  return parts;
}

function placeholderOf(inside: string): Placeholder | { wrong: string } {
  const bar = inside.indexOf('|');
  const path = (bar < 0 ? inside : inside.slice(0, bar)).trim();
  const otherwise = bar < 0 ? undefined : inside.slice(bar + 1).trim();
  if (!isTemplatePath(path)) {
    return { wrong: `{{${inside}}} names no field. Write a path such as {{ event.data.title }}.` };
  }
  if (otherwise === undefined) return { path: path.split('.'), otherwise };
  if (otherwise === 'none') return { path: path.split('.'), otherwise: null };
  if (quoted.test(otherwise)) return { path: path.split('.'), otherwise: JSON.parse(otherwise) as string };
  return { wrong: `After | stands a text in quotation marks, or none: {{ ${path} | "text" }}.` };
}

function walk(
  template: unknown,
  pointer: string,
  depth: number,
  visit: (text: string, pointer: string) => void,
): void {
  if (typeof template === 'string') visit(template, pointer);
  if (typeof template !== 'object' || template === null || depth >= deepest) return;
  for (const [key, value] of Object.entries(template)) {
    walk(value, `${pointer}/${escapeKey(key)}`, depth + 1, visit);
  }
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
