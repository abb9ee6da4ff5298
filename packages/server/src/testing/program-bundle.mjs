// Makes one file each of the modules of a program, for `run-program.mjs`:
// node program-bundle.mjs program.ts folder
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const ours = fileURLToPath(new URL('../../../../', import.meta.url));
const [program, folder] = process.argv.slice(2);

const isPackage = (path) => path.includes('/node_modules/');
const isOurs = (path) => path.startsWith(ours) && !isPackage(path);

/** Whether Node takes the file for an ES module. CommonJS stays where it is: it finds its own files by its place. */
function isModule(path) {
  if (!path.endsWith('.js')) return path.endsWith('.mjs');
  for (let at = dirname(path); ; at = dirname(at)) {
    try {
      return JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')).type === 'module';
    } catch (error) {
      if (error.code !== 'ENOENT' || at === dirname(at)) throw error;
    }
  }
}

/** What the modules know of their place stays true. */
function keepPlace(code, path) {
  return code
    .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href))
    .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(path)));
}

/** An import by the name of a file beside the module becomes a choice among all of them. */
function importSiblings(code, path) {
  const byName = /await import\((?:\/\*.*?\*\/ )?`\.\/\$\{(.+?)\}`\)/;
  if (!byName.test(code)) return code;
  const files = readdirSync(dirname(path)).filter(
    (file) => /^[\w-]+\.ts$/.test(file) && file !== basename(path),
  );
  const imports = files.map((file, n) => `import * as sibling${n} from './${file}';`);
  const choice = files.map((file, n) => `'./${file}': sibling${n}`);
  return (
    imports.join(' ') + code.replace(byName, (_, name) => `({ ${choice.join(', ')} })[\`./\${${name}}\`]`)
  );
}

const bundle = await rolldown({
  input: { program },
  platform: 'node',
  logLevel: 'warn',
  resolve: { conditionNames: ['trunkline-source', 'node', 'import', 'default'] },
  plugins: [
    {
      name: 'trunkline-program',
      async resolveId(id, importer) {
        if (importer === undefined || id.startsWith('node:')) return null;
        const found = await this.resolve(id, importer, { skipSelf: true });
        if (found === null || found.external) return found;
        if (!isPackage(found.id) || isModule(found.id)) return found;
        return { id: pathToFileURL(found.id).href, external: true };
      },
      transform(code, path) {
        const kept = keepPlace(code, path);
        const made = isOurs(path) ? importSiblings(kept, path) : kept;
        if (isOurs(path) && /\bimport\.meta\b|\bimport\(\s*[^'\s]/.test(made))
          throw new Error(`${path}: a program of tests cannot be made of this import`);
        return made === code ? null : made;
      },
    },
  ],
});
await bundle.write({
  dir: folder,
  format: 'esm',
  keepNames: true,
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name]-[hash].mjs',
});
await bundle.close();
