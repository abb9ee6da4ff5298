import { createPortTable } from '@trunkline/sandbox/reroute';
import type { PortTable } from '@trunkline/sandbox/reroute';
import type { SmtpSimulator } from '../../packages/sandbox/src/smtp.ts';

/** Where the simulated mail server is, and who vouches for its certificate. */
export type MailPlace = Pick<SmtpSimulator, 'host' | 'ports' | 'ca'>;

/** The table that leads every mail server to the simulated one. */
export function mailPorts({ host, ports }: MailPlace): PortTable {
  const table = createPortTable();
  table.register('smtp://*:25', { host, port: ports.plain });
  table.register('smtps://*', { host, port: ports.tls });
  table.register('smtp://*', { host, port: ports.starttls });
  return table;
}
