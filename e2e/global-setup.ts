import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { dataFolder } from '../packages/server/src/testing/data-folder.ts';
import { discardDataFolder } from './support/keeper.ts';
import { startProduct } from './support/product.ts';

/**
 * Starts the product as `npm start` does, on a data folder that does not exist yet, with the embedded PostgreSQL and
 * with simulated providers, once for all workers: tests keep apart by organizations of their own.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dataDir = join(dataFolder(), `trunkline-e2e-data-${randomUUID().slice(0, 8)}`);
  const product = await startProduct({ dataDir, command: 'sandboxed' });
  process.env['TRUNKLINE_E2E_URL'] = product.url;
  process.env['TRUNKLINE_E2E_DATA_DIR'] = product.dataDir;
  process.env['TRUNKLINE_E2E_DATABASE_URL'] = product.databaseUrl;
  process.env['TRUNKLINE_E2E_SANDBOX_URL'] = product.sandboxUrl;
  return async () => {
    await product.stop();
    await discardDataFolder(dataDir);
  };
}
