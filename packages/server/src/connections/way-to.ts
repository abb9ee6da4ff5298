import type { App } from '../ctx.ts';
import { portOf } from '../lib/egress/check-url.ts';
import type { DialTarget } from '../lib/egress/tcp.ts';
import { fileServerOf } from './check-files.ts';
import { mailServerOf } from './check-mail.ts';
import type { Connection } from './connection.ts';
import { endpointOf } from './endpoint.ts';

/**
 * What is dialed for a connection. Null where there is no network, and where the address is known only after somebody has
 * signed in. Encryption that begins in mid-connection is not part of it.
 */
export function wayTo(app: Pick<App, 'reroute'>, connection: Connection): DialTarget | null {
  const { auth, provider } = connection;
  if (auth.type === 'smtp') {
    const { host, port, security } = mailServerOf(app, connection);
    return { host, port, tls: security === 'tls', plain: true };
  }
  if (auth.type === 'sftp') {
    const { host, port } = fileServerOf(app, connection);
    return { host, port, tls: false, plain: true };
  }
  const place = endpointOf(connection);
  if (place === null) return null;
  const url = new URL(app.reroute(provider.slug, `https://${place.host}:${place.port}/`));
  return { host: url.hostname, port: portOf(url), tls: url.protocol === 'https:', alpn: ['http/1.1'] };
}
