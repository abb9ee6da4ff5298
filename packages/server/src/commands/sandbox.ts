import { startSandbox } from '@trunkline/sandbox/sandbox';
import { sandboxDefinitions } from './sandbox-definitions.ts';

/**
 * Starts the simulators of all providers alone, says where, and runs until the process is told to stop.
 *
 * @throws Error when the port is taken
 */
export async function sandbox(port: number, say: (text: string) => void): Promise<void> {
  const running = await startSandbox({ providers: sandboxDefinitions(), port });
  say(`\nThe sandbox is ready at ${running.url}\nStop it with Ctrl-C.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await running.close();
}
