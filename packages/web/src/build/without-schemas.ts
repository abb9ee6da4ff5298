import { parseAst } from 'vite';
import type { Plugin } from 'vite';

/** What a page reads of each declaration; the rest of it is the server's. */
const read: Readonly<Record<string, ReadonlySet<string>>> = {
  defineOperation: new Set(['name', 'procedure', 'kind']),
  defineCapability: new Set(['label', 'summary', 'effect']),
};

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  type: string;
  start: number;
  end: number;
  [part: string]: unknown;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Leaves the contract's schemas out of what pages load. A page needs of an operation how it is called, and zod with all shapes
 * would be half of its code. What is left of a module is made removable: a constant that nobody reads is left out too, and a
 * schema that somebody does read is there as before.
 */
export function withoutSchemas(): Plugin {
  return {
    name: 'trunkline-without-schemas',
    apply: 'build',
    transform: {
      filter: { id: /[\\/]packages[\\/]contract[\\/]src[\\/].*\.ts$/ },
      handler: (code) => ({ code: leaveOutSchemas(code), map: null, moduleSideEffects: false }),
    },
  };
}

/** The code of a module of the contract, in TypeScript or JavaScript, without what pages do not read. */
export function leaveOutSchemas(code: string): string {
  const program = parseAst(code, { lang: 'ts' }) as unknown as Node;
  const edits: Edit[] = [];
  for (const init of constants(program)) {
    if (!isCalling(init)) continue;
    edits.push({ start: init.start, end: init.start, text: '/* @__PURE__ */ (() => (' });
    for (const call of within(init)) edits.push(...declarationEdits(call, code));
    edits.push({ start: init.end, end: init.end, text: '))()' });
  }
  let result = '';
  let at = 0;
  for (const { start, end, text } of edits) {
    result += code.slice(at, start) + text;
    at = end;
  }
  return result + code.slice(at);
}

/** The initial values of the module's own constants. */
function* constants(program: Node): Generator<Node> {
  for (const statement of program['body'] as Node[]) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : statement;
    if (!isNode(declaration) || declaration.type !== 'VariableDeclaration') continue;
    for (const { init } of declaration['declarations'] as Node[]) if (isNode(init)) yield init;
  }
}

/** Whether something is called when the module is loaded. */
function isCalling(init: Node): boolean {
  for (const { type } of within(init)) if (type === 'CallExpression' || type === 'NewExpression') return true;
  return false;
}

/** A node and all below it, in the order of the code; not what functions do when they are called. */
function* within(node: Node): Generator<Node> {
  yield node;
  if (node.type.includes('Function')) return;
  const below = Object.values(node).flat().filter(isNode);
  for (const child of below.toSorted((a, b) => a.start - b.start)) yield* within(child);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Takes what pages do not read out of a declaration. */
function declarationEdits(call: Node, code: string): Edit[] {
  const { callee, arguments: given } = call;
  if (call.type !== 'CallExpression' || !isNode(callee)) return [];
  const kept = read[String(callee['name'])];
  const [declaration] = given as Node[];
  if (!kept || declaration?.type !== 'ObjectExpression') return [];
  const properties = (declaration['properties'] as Node[])
    .filter(({ key }) => isNode(key) && kept.has(String(key['name'])))
    .map(({ start, end }) => code.slice(start, end));
  return [{ start: declaration.start, end: declaration.end, text: `{ ${properties.join(', ')} }` }];
}
