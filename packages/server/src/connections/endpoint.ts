import { portOf } from '../lib/egress/check-url.ts';
import type { Connection } from './connection.ts';
import { TemplateError } from './fill-template.ts';
import { requestFor } from './provider-request.ts';

/** Where a connection leads, as people know it: before a simulator may stand in. Null where there is no network. */
export function endpointOf(connection: Connection): { host: string; port: number } | null {
  const { auth, values, settings, provider } = connection;
  if (auth.type === 'smtp') return { host: values['host'] ?? '', port: Number(values['port'] ?? 587) };
  if (auth.type === 'sftp')
    return { host: values['sftpHost'] ?? '', port: Number(settings['sftpPort'] ?? 22) };
  if (provider.health.kind !== 'http') return null;
  try {
    const { method, path } = provider.health;
    const url = new URL(requestFor(connection, { method, path }, null).url);
    return { host: url.hostname, port: portOf(url) };
  } catch (error) {
    // A value of the address is missing, such as one that comes with the sign-in.
    if (error instanceof TemplateError || error instanceof TypeError) return null;
    throw error;
  }
}
