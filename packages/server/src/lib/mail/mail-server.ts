import { EgressError } from '../egress/errors.ts';

/** A server for outgoing mail, and who logs in to it. */
export interface MailServer {
  host: string;
  port: number;
  /** `tls` from the first byte (465); `starttls` before the login, never without it (587); `none` (25). */
  security: 'starttls' | 'tls' | 'none';
  /** Null: the server takes mail without a login. */
  username: string | null;
  password: string | null;
  /** What this side calls itself in EHLO. Default: the host name of this machine if it is a full one. */
  clientName?: string;
}

export interface MailAddress {
  address: string;
  name?: string | undefined;
}

/** Ports for mail on which a public server may be met without TLS from the first byte. */
const starttlsPorts = new Set([25, 587, 2525, 2587]);
const unencryptedPorts = new Set([25]);

/** Whether this server may be public although the connection starts unencrypted: on the ports for mail only. */
export function startsPlain(server: Pick<MailServer, 'security' | 'port'>): boolean {
  if (server.security === 'tls') return false;
  return (server.security === 'none' ? unencryptedPorts : starttlsPorts).has(server.port);
}

const address = /^[^\s@<>(),;:"\\[\]\p{Cc}]+@[^\s@<>(),;:"\\[\]\p{Cc}]+$/u;

/**
 * Refuses what is not one plain address, such as two with a comma between them or one with a line break.
 *
 * @throws EgressError `protocol`
 */
export function checkAddress(one: MailAddress): MailAddress {
  if (one.address.length > 320 || !address.test(one.address)) {
    throw new EgressError('protocol', 'This is not the address of a mailbox.');
  }
  return one;
}
