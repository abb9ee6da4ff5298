import { startSandbox } from '@trunkline/sandbox/sandbox';
import { startServers } from '@trunkline/sandbox/servers';
import { sandboxDefinitions } from './sandbox-definitions.ts';

/**
 * Starts the simulators of all providers alone, a mail server and a file server among them, says where, and runs until the process is told to stop.
 *
 * @throws Error when the port is taken
 */
export async function sandbox(port: number, say: (text: string) => void): Promise<void> {
  const running = await startSandbox({ providers: sandboxDefinitions(), port });
  const servers = await startServers(running);
  const { mail, files } = servers;
  say(
    `\nThe sandbox is ready at ${running.url}\nMail server: port ${mail.ports.starttls} of ${mail.host}. File server: port ${files.ports.sftp}.\nStop it with Ctrl-C.`,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await servers.close();
  await running.close();
}
