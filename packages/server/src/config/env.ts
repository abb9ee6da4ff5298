import { readFileSync } from 'node:fs';
import type { ApiLimits } from '@trunkline/contract/limits';
import { parseEgressAllow } from '../lib/egress/allow-list.ts';
import type { EgressAllow } from '../lib/egress/allow-list.ts';
import { checkAddress } from '../lib/mail/mail-server.ts';
import type { MailAddress, MailServer } from '../lib/mail/mail-server.ts';
import { parseMasterKey } from '../lib/secret-box.ts';
import type { MasterKey } from '../lib/secret-box.ts';
import { TracingProblem, readTracing } from './tracing.ts';
import type { TracingConfig } from './tracing.ts';

export interface Config {
  port: number;
  host: string;
  /** Undefined: the embedded PostgreSQL of the data folder. */
  databaseUrl: string | undefined;
  /**
   * Set: `databaseUrl` is a pooler in transaction mode, and this leads past it, for what needs a session of its own
   * (LISTEN) and for migrations.
   */
  directDatabaseUrl: string | undefined;
  dataDir: string;
  /** Undefined: made once and kept in the data folder. */
  masterKey: MasterKey | undefined;
  /** Older master keys that may still open what is not yet wrapped anew. */
  previousMasterKeys: MasterKey[];
  publicUrl: string;
  brand: string;
  egressAllow: EgressAllow;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** How long a delivery belongs to the node that took it; a dead node's deliveries are free after it. */
  leaseSeconds: number;
  /** How often a connected integration is checked, spread by a tenth to both sides. */
  checkIntervalSeconds: number;
  /** Total time of one attempt. */
  attemptTimeoutSeconds: number;
  /** Limits on requests with API keys, the most that an organization may choose; null: none. */
  rateLimits: ApiLimits | null;
  /** Whether requests come through a proxy whose X-Forwarded-For is believed. */
  trustProxy: boolean;
  /** Apps at OAuth providers for every organization that has none of its own: values by field, by provider slug. */
  oauthApps: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Variables that credentials may name as `env:NAME`, by name. */
  credentialVariables: ReadonlyMap<string, CredentialVariable>;
  /** Whether any organization's use of the product may be recorded. */
  tracking: boolean;
  /** The installation's own mail server, for alerts of organizations that have none; undefined: there is none. */
  mail: InstanceMail | undefined;
  /** Where traces go; undefined: nothing is traced. */
  tracing: TracingConfig | undefined;
  /** Whether a delivery that is traced says so to its endpoint. */
  sendTraceparent: boolean;
}

export interface InstanceMail {
  server: MailServer;
  from: MailAddress;
}

/** A variable of this process that the operator has released for credentials. */
export interface CredentialVariable {
  value: string;
  /** The only organization that may use it; null: every one. */
  organizationId: string | null;
}

/** A setting has a wrong value. The message names the variable and the reason, never the value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Record<string, string | undefined>;

/** The one place that reads the process's environment. */
export function processEnvironment(): Environment {
  return process.env;
}

/**
 * Reads and checks every setting (interfaces, "Environment").
 *
 * @throws ConfigError with the variable's name and the reason
 */
export function readConfig(env: Environment): Config {
  const port = integer(env, 'PORT', 3000, 0, 65_535);
  const host = env['HOST'] || '127.0.0.1';
  return {
    port,
    host,
    databaseUrl: databaseUrl(env, 'DATABASE_URL'),
    directDatabaseUrl: directDatabaseUrl(env),
    dataDir: env['TRUNKLINE_DATA_DIR'] || '.trunkline',
    masterKey: env['TRUNKLINE_SECRET_KEY']
      ? masterKey('TRUNKLINE_SECRET_KEY', env['TRUNKLINE_SECRET_KEY'])
      : undefined,
    previousMasterKeys: (env['TRUNKLINE_PREVIOUS_SECRET_KEYS'] ?? '')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => masterKey('TRUNKLINE_PREVIOUS_SECRET_KEYS', text)),
    publicUrl: publicUrl(env, host, port),
    brand: brand(env),
    egressAllow: checked('TRUNKLINE_EGRESS_ALLOW', () =>
      parseEgressAllow(env['TRUNKLINE_EGRESS_ALLOW'] ?? ''),
    ),
    logLevel: logLevel(env),
    leaseSeconds: integer(env, 'TRUNKLINE_LEASE_SECONDS', 30, 2, 600),
    checkIntervalSeconds: integer(env, 'TRUNKLINE_CHECK_INTERVAL_SECONDS', 300, 10, 86_400),
    attemptTimeoutSeconds: integer(env, 'TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS', 15, 1, 60),
    rateLimits: rateLimits(env),
    trustProxy: trustProxy(env),
    oauthApps: oauthApps(env),
    credentialVariables: credentialVariables(env),
    // `off` ends all recording of how the product is used, whatever organizations choose.
    tracking: isOn(env, 'TRUNKLINE_TRACKING', 'on'),
    mail: instanceMail(env),
    tracing: checkedTracing(env),
    sendTraceparent: isOn(env, 'TRUNKLINE_SEND_TRACEPARENT', 'off'),
  };
}

function checked<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : 'is not valid'}`);
  }
}

function integer(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new ConfigError(`${name}: "${text}" is not a whole number from ${min} to ${max}`);
  }
  return value;
}

function masterKey(name: string, text: string): MasterKey {
  return checked(name, () => parseMasterKey(text));
}

function databaseUrl(env: Environment, name: string): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new ConfigError(`${name}: must be a postgres:// or postgresql:// URL`);
  }
  return text;
}

function directDatabaseUrl(env: Environment): string | undefined {
  const url = databaseUrl(env, 'TRUNKLINE_DIRECT_DATABASE_URL');
  if (url !== undefined && !env['DATABASE_URL']) {
    throw new ConfigError('TRUNKLINE_DIRECT_DATABASE_URL: needs DATABASE_URL, the address of the pooler');
  }
  return url;
}

function publicUrl(env: Environment, host: string, port: number): string {
  const text = env['TRUNKLINE_PUBLIC_URL'];
  if (!text) return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new ConfigError(`TRUNKLINE_PUBLIC_URL: "${text}" is not an http or https URL`);
  }
  return text.replace(/\/+$/, '');
}

function trustProxy(env: Environment): boolean {
  const text = env['TRUNKLINE_TRUST_PROXY'] || 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ConfigError(`TRUNKLINE_TRUST_PROXY: "${text}" is not true or false`);
}

function isOn(env: Environment, name: string, fallback: 'on' | 'off'): boolean {
  const text = env[name] || fallback;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new ConfigError(`${name}: "${text}" is not on or off`);
}

function checkedTracing(env: Environment): TracingConfig | undefined {
  try {
    return readTracing(env);
  } catch (error) {
    throw error instanceof TracingProblem ? new ConfigError(error.message) : error;
  }
}

/** `TRUNKLINE_RATE_LIMITS`: `key/min,key/hour,organization/hour`, or `off`. */
function rateLimits(env: Environment): ApiLimits | null {
  const name = 'TRUNKLINE_RATE_LIMITS';
  const text = env[name] || '100,1000,10000';
  if (text === 'off') return null;
  const numbers = text.split(',').map((part) => (/^ *[1-9]\d{0,8} *$/.test(part) ? Number(part) : 0));
  const [keyPerMinute = 0, keyPerHour = 0, organizationPerHour = 0] = numbers;
  if (numbers.length !== 3 || numbers.includes(0)) {
    throw new ConfigError(
      `${name}: "${text}" is neither off nor three whole numbers from 1 to 999999999: by key and minute, by key and hour, by organization and hour`,
    );
  }
  return { keyPerMinute, keyPerHour, organizationPerHour };
}

function brand(env: Environment): string {
  const text = env['TRUNKLINE_BRAND'] || 'Trunkline';
  if (!/^[A-Za-z][A-Za-z0-9-]{0,30}$/.test(text)) {
    throw new ConfigError(
      `TRUNKLINE_BRAND: "${text}" must be letters, digits and hyphens, starting with a letter`,
    );
  }
  return text;
}

function logLevel(env: Environment): Config['logLevel'] {
  const text = env['TRUNKLINE_LOG_LEVEL'] || 'info';
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error' || text === 'silent')
    return text;
  throw new ConfigError(`TRUNKLINE_LOG_LEVEL: "${text}" is not debug, info, warn, error or silent`);
}

/** `TRUNKLINE_OAUTH_APPS`: a JSON object, or the path of a file that holds one. */
function oauthApps(env: Environment): Config['oauthApps'] {
  const name = 'TRUNKLINE_OAUTH_APPS';
  const text = env[name]?.trim();
  if (!text) return new Map();
  const problem =
    'is neither {"<provider>": {"clientId": "…", "clientSecret": "…"}} nor the path of such a file';
  let apps: unknown;
  try {
    apps = JSON.parse(text.startsWith('{') ? text : readFileSync(text, 'utf8'));
  } catch {
    throw new ConfigError(`${name}: ${problem}`);
  }
  if (!isObject(apps)) throw new ConfigError(`${name}: ${problem}`);
  return new Map(
    Object.entries(apps).map(([provider, values]) => {
      if (!isObject(values) || !Object.values(values).every((value) => typeof value === 'string')) {
        throw new ConfigError(`${name}: the values of "${provider}" are not an object of texts`);
      }
      return [provider, values as Record<string, string>];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `TRUNKLINE_CREDENTIAL_VARIABLES`: names, each for everybody or as `NAME@<organization id>` for one organization. */
function credentialVariables(env: Environment): Config['credentialVariables'] {
  const setting = 'TRUNKLINE_CREDENTIAL_VARIABLES';
  const variables = new Map<string, CredentialVariable>();
  for (const item of (env[setting] ?? '').split(',').map((text) => text.trim())) {
    if (item === '') continue;
    const [name = '', organizationId] = item.split('@');
    const value = env[name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new ConfigError(`${setting}: "${item}" is not a name`);
    if (!value) throw new ConfigError(`${setting}: ${name} is not set`);
    variables.set(name, { value, organizationId: organizationId ?? null });
  }
  return variables;
}

/** `TRUNKLINE_SMTP_URL` (`smtps://`, or `smtp://` with STARTTLS, on port 25 without) and `TRUNKLINE_MAIL_FROM`. */
function instanceMail(env: Environment): InstanceMail | undefined {
  const text = env['TRUNKLINE_SMTP_URL'];
  const from = env['TRUNKLINE_MAIL_FROM'];
  if (!text) {
    if (from) throw new ConfigError('TRUNKLINE_MAIL_FROM: needs TRUNKLINE_SMTP_URL');
    return undefined;
  }
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text) || new URL(text).hostname === '') {
    throw new ConfigError('TRUNKLINE_SMTP_URL: must be a smtp:// or smtps:// URL');
  }
  const { protocol, hostname, port, username, password } = new URL(text);
  const tls = protocol === 'smtps:';
  const portNumber = port === '' ? (tls ? 465 : 587) : Number(port);
  const decoded = checked('TRUNKLINE_SMTP_URL', () => [username, password].map(decodeURIComponent));
  return {
    server: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: portNumber,
      security: tls ? 'tls' : portNumber === 25 ? 'none' : 'starttls',
      username: decoded[0] || null,
      password: decoded[1] || null,
    },
    from: mailAddress('TRUNKLINE_MAIL_FROM', from),
  };
}

/** `Name <address>` or the address alone. */
function mailAddress(name: string, text: string | undefined): MailAddress {
  const match = /^(?:(.*?)\s*<([^<>]+)>|([^<>]+))$/.exec(text?.trim() ?? '');
  const address = match?.[2] ?? match?.[3] ?? '';
  return checked(name, () => checkAddress({ address, name: (match?.[1] ?? '').replaceAll('"', '') }));
}
