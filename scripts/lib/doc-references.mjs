import { posix } from 'node:path';

const extensions = /\.(tsx?|mjs|cjs|jsx?|json|md|sql|css|ya?ml|html|png|svg|sh)$/;
const made = /(^|\/)(dist|node_modules|\.trunkline|\.tmp|\.git)(\/|$)/;
const placeholder = /[<>*{}…$]|NNNN/;

/**
 * Checks what a Markdown document points at: relative links with their anchors, inline code that looks like a
 * path of this project, and `npm run` commands. A path may be shortened at its front (`modules/x/rules.ts`).
 * Fenced blocks hold examples and trees: only their commands are checked.
 * @param {string} document path of the document
 * @param {string} text
 * @param {{ files: string[], scripts: string[], read: (file: string) => string | undefined }} project
 * @returns {string[]} problems, each as `document: what`
 */
export function docProblems(document, text, project) {
  const folders = foldersOf(project.files);
  const exists = (/** @type {string} */ path) =>
    project.files.includes(path) || folders.has(path) || path === '.';
  const here = posix.dirname(document);
  const prose = text.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[ \t]*$/gm, '');
  /** @type {string[]} */
  const problems = [];

  for (const [, target = ''] of prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) {
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const [path = '', anchor] = decodeURI(target).split('#');
    const file = path === '' ? document : posix.normalize(posix.join(here, path)).replace(/\/$/, '');
    if (!exists(file)) problems.push(`${document}: the link ${target} leads nowhere`);
    else if (anchor && file.endsWith('.md') && !anchorsOf(project.read(file) ?? '').has(anchor)) {
      problems.push(`${document}: ${target} names no heading of ${file}`);
    }
  }

  for (const [, code = ''] of prose.matchAll(/`([^`\n]+)`/g)) {
    if (!looksLikePath(code, folders)) continue;
    const path = code.replace(/:\d+$/, '').replace(/^\.\//, '').replace(/\/$/, '');
    const found =
      exists(path) ||
      exists(posix.normalize(posix.join(here, path))) ||
      project.files.some((file) => file.endsWith(`/${path}`)) ||
      [...folders].some((folder) => folder.endsWith(`/${path}`));
    if (!found) problems.push(`${document}: ${code} does not exist`);
  }

  for (const [, script = ''] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
    if (!project.scripts.includes(script))
      problems.push(`${document}: there is no command npm run ${script}`);
  }
  return problems;
}

/**
 * @param {string} code
 * @param {Set<string>} folders
 */
function looksLikePath(code, folders) {
  if (!/^\.{0,2}\/?[\w.@-]+(\/[\w.@-]+)+\/?(:\d+)?$/.test(code)) return false;
  if (placeholder.test(code) || made.test(code) || code.startsWith('/') || code.startsWith('@')) return false;
  const first = code.replace(/^\.{1,2}\//, '').split('/')[0] ?? '';
  return extensions.test(code.replace(/:\d+$/, '')) || folders.has(first);
}

/** @param {string[]} files */
function foldersOf(files) {
  const folders = new Set();
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      folders.add(folder);
  }
  return folders;
}

/**
 * Anchors that a Markdown viewer makes of headings, and explicit ones.
 * @param {string} text
 */
function anchorsOf(text) {
  const anchors = new Set();
  for (const [, heading = ''] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/**
 * Every error code has its page and every page its code.
 * @param {string} source text of the contract's errors.ts
 * @param {string[]} files of the project
 */
export function errorPageProblems(source, files) {
  const block = /errorCodes\s*=\s*\{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
  const codes = [...block.matchAll(/^ {2}(\w+):\s*\{/gm)].map((match) => match[1] ?? '');
  if (codes.length < 10) return ['packages/contract/src/errors.ts: its codes cannot be read'];
  const pages = files
    .flatMap((file) => /^docs\/errors\/(\w+)\.md$/.exec(file)?.[1] ?? [])
    .filter((name) => name !== 'README');
  return [
    ...codes.filter((code) => !pages.includes(code)).map((code) => `docs/errors/${code}.md is missing`),
    ...pages
      .filter((page) => !codes.includes(page))
      .map((page) => `docs/errors/${page}.md is for no code of the contract`),
  ];
}
