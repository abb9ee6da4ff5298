// `npm run build`: compiles the server and the web app where something changed.
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode, runMain, say } from './lib/process.mjs';

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  const built = await ensureBuilt();
  if (built.length === 0) say('Nothing to build: up to date.');
});
