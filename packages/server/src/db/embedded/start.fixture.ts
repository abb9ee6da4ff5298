// Starts the embedded database on the folder given as first argument, prints its URL and process number,
// and waits to be killed.
import { startEmbeddedPostgres } from '../embedded.ts';

const [dataDir = '', systemDir = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir, systemDir, log: () => {} });
console.log(JSON.stringify({ url: server.url, pid: server.pid }));
