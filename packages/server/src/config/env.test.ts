import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './env.ts';

const keyText = 'ab'.repeat(32);

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('readConfig', () => {
  it('has a default for every setting', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      directDatabaseUrl: undefined,
      dataDir: '.trunkline',
      masterKey: undefined,
      previousMasterKeys: [],
      publicUrl: 'http://127.0.0.1:3000',
      brand: 'Trunkline',
      egressAllow: [],
      logLevel: 'info',
      leaseSeconds: 30,
      checkIntervalSeconds: 300,
      attemptTimeoutSeconds: 15,
      rateLimits: { keyPerMinute: 100, keyPerHour: 1000, organizationPerHour: 10_000 },
      trustProxy: false,
      oauthApps: new Map(),
      credentialVariables: new Map(),
      tracking: true,
      sendTraceparent: false,
    });
  });

  it('reads limits on requests, in the order of key and minute, key and hour, organization and hour', () => {
    const read = (text: string) => readConfig({ TRUNKLINE_RATE_LIMITS: text }).rateLimits;
    expect(read('off')).toBeNull();
    expect(read('5, 60 ,700')).toEqual({ keyPerMinute: 5, keyPerHour: 60, organizationPerHour: 700 });
    for (const wrong of [
      'on',
      '5,60',
      '5,60,700,1',
      '0,1,1',
      '-1,1,1',
      '1.5,1,1',
      '1,1,1000000000',
      '1,,1',
    ]) {
      expect([wrong, refusalOf(() => read(wrong))]).toEqual([
        wrong,
        expect.stringMatching(/^TRUNKLINE_RATE_LIMITS: /),
      ]);
    }
  });

  it('reads apps at OAuth providers from the text or from a file, and says what is wrong without showing it', () => {
    const apps = '{"slack": {"clientId": "1", "clientSecret": "hush"}}';
    expect(readConfig({ TRUNKLINE_OAUTH_APPS: apps }).oauthApps.get('slack')).toEqual({
      clientId: '1',
      clientSecret: 'hush',
    });
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-apps-'));
    const file = join(folder, 'apps.json');
    writeFileSync(file, apps);
    expect(readConfig({ TRUNKLINE_OAUTH_APPS: file }).oauthApps.size).toBe(1);
    rmSync(folder, { recursive: true });
    for (const wrong of [
      '{"slack": "hush"}',
      '{"slack": {"clientSecret": 7}}',
      '{hush',
      '/no/such/file',
      '[]',
    ]) {
      const refusal = refusalOf(() => readConfig({ TRUNKLINE_OAUTH_APPS: wrong }));
      expect(refusal).toMatch(/^TRUNKLINE_OAUTH_APPS: /);
      expect(refusal).not.toContain('hush');
    }
  });

  it('releases for credentials only the variables that are named', () => {
    const config = readConfig({
      MAIL_KEY: 'SG.secret',
      OTHER: 'x',
      HIDDEN: 'y',
      TRUNKLINE_CREDENTIAL_VARIABLES: 'MAIL_KEY, OTHER@019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    });
    expect(config.credentialVariables).toEqual(
      new Map([
        ['MAIL_KEY', { value: 'SG.secret', organizationId: null }],
        ['OTHER', { value: 'x', organizationId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01' }],
      ]),
    );
    expect(refusalOf(() => readConfig({ TRUNKLINE_CREDENTIAL_VARIABLES: 'ABSENT' }))).toBe(
      'TRUNKLINE_CREDENTIAL_VARIABLES: ABSENT is not set',
    );
    expect(refusalOf(() => readConfig({ TRUNKLINE_CREDENTIAL_VARIABLES: 'A-B' }))).toBe(
      'TRUNKLINE_CREDENTIAL_VARIABLES: "A-B" is not a name',
    );
  });

  it('takes an empty value for an unset one', () => {
    const names = ['PORT', 'HOST', 'DATABASE_URL', 'TRUNKLINE_DATA_DIR', 'TRUNKLINE_SECRET_KEY'];
    const more = [
      'DIRECT_DATABASE_URL',
      'PUBLIC_URL',
      'BRAND',
      'EGRESS_ALLOW',
      'LOG_LEVEL',
      'LEASE_SECONDS',
      'TRUST_PROXY',
    ];
    const empty = [...names, ...more.map((name) => `TRUNKLINE_${name}`)].map((name) => [name, '']);
    expect(readConfig(Object.fromEntries(empty) as Record<string, string>)).toEqual(readConfig({}));
  });

  it('reads every setting', () => {
    const config = readConfig({
      PORT: '8080',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgresql://someone:word@db.example:5432/trunkline',
      TRUNKLINE_DIRECT_DATABASE_URL: 'postgres://someone:word@db.example:5433/trunkline',
      TRUNKLINE_DATA_DIR: '/var/lib/trunkline',
      TRUNKLINE_SECRET_KEY: keyText,
      TRUNKLINE_PREVIOUS_SECRET_KEYS: ` ${'cd'.repeat(32)}, ${'ef'.repeat(32)} ,`,
      TRUNKLINE_PUBLIC_URL: 'https://hooks.example.com/',
      TRUNKLINE_BRAND: 'Acme-2',
      TRUNKLINE_EGRESS_ALLOW: '10.0.0.0/8, 127.0.0.1:8080',
      TRUNKLINE_LOG_LEVEL: 'debug',
      TRUNKLINE_LEASE_SECONDS: '2',
      TRUNKLINE_CHECK_INTERVAL_SECONDS: '60',
      TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS: '60',
      TRUNKLINE_TRUST_PROXY: 'true',
    });
    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      databaseUrl: 'postgresql://someone:word@db.example:5432/trunkline',
      directDatabaseUrl: 'postgres://someone:word@db.example:5433/trunkline',
      dataDir: '/var/lib/trunkline',
      publicUrl: 'https://hooks.example.com',
      brand: 'Acme-2',
      logLevel: 'debug',
      leaseSeconds: 2,
      checkIntervalSeconds: 60,
      attemptTimeoutSeconds: 60,
      trustProxy: true,
    });
    expect(config.masterKey?.key.toString('hex')).toBe(keyText);
    expect(config.previousMasterKeys).toHaveLength(2);
    expect(config.egressAllow).toHaveLength(2);
  });

  it('reads the mail server of the installation', () => {
    const mail = (url: string, from = 'alerts@example.com') =>
      readConfig({ TRUNKLINE_SMTP_URL: url, TRUNKLINE_MAIL_FROM: from }).mail;
    expect(mail('smtps://mail%40acme:p%3Ass@smtp.example.com', 'Trunkline <alerts@example.com>')).toEqual({
      server: {
        host: 'smtp.example.com',
        port: 465,
        security: 'tls',
        username: 'mail@acme',
        password: 'p:ss',
      },
      from: { address: 'alerts@example.com', name: 'Trunkline' },
    });
    expect(mail('smtp://10.0.0.5')).toMatchObject({
      server: { port: 587, security: 'starttls', username: null, password: null },
      from: { address: 'alerts@example.com' },
    });
    expect(mail('smtp://10.0.0.5:25')).toMatchObject({ server: { security: 'none' } });
    expect(refusalOf(() => mail('smtp://10.0.0.5', 'nobody'))).toMatch(/^TRUNKLINE_MAIL_FROM: /);
    expect(refusalOf(() => mail('smtp://10.0.0.5', ''))).toMatch(/^TRUNKLINE_MAIL_FROM: /);
  });

  it('makes the public address from host and port, with a name that a browser can open', () => {
    expect(readConfig({ HOST: '0.0.0.0', PORT: '81' }).publicUrl).toBe('http://localhost:81');
    expect(readConfig({ HOST: '::', PORT: '81' }).publicUrl).toBe('http://localhost:81');
    expect(readConfig({ HOST: '10.0.0.7' }).publicUrl).toBe('http://10.0.0.7:3000');
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['DATABASE_URL', 'mysql://someone:pa55word@db/trunkline'],
    ['DATABASE_URL', 'postgres://some one:pa55word@[db/trunkline'],
    ['TRUNKLINE_DIRECT_DATABASE_URL', 'mysql://someone:pa55word@db/trunkline'],
    ['TRUNKLINE_DIRECT_DATABASE_URL', 'postgres://someone:pa55word@db/trunkline'],
    ['TRUNKLINE_SECRET_KEY', 'pa55word'],
    ['TRUNKLINE_PREVIOUS_SECRET_KEYS', `${keyText},pa55word`],
    ['TRUNKLINE_PUBLIC_URL', 'hooks.example.com'],
    ['TRUNKLINE_PUBLIC_URL', 'ftp://hooks.example.com'],
    ['TRUNKLINE_BRAND', 'Acme Works'],
    ['TRUNKLINE_BRAND', '2fast'],
    ['TRUNKLINE_BRAND', 'Acme\r\nX-Other: 1'],
    ['TRUNKLINE_EGRESS_ALLOW', '10.0.0.0/33'],
    ['TRUNKLINE_EGRESS_ALLOW', 'example.com'],
    ['TRUNKLINE_EGRESS_ALLOW', '10.0.0.0/8,,'],
    ['TRUNKLINE_LOG_LEVEL', 'loud'],
    ['TRUNKLINE_LEASE_SECONDS', '1'],
    ['TRUNKLINE_LEASE_SECONDS', '601'],
    ['TRUNKLINE_CHECK_INTERVAL_SECONDS', '9'],
    ['TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS', '0'],
    ['TRUNKLINE_ATTEMPT_TIMEOUT_SECONDS', '61'],
    ['TRUNKLINE_TRUST_PROXY', 'yes'],
    ['TRUNKLINE_SMTP_URL', 'https://someone:pa55word@mail.example.com'],
    ['TRUNKLINE_SMTP_URL', 'pa55word'],
    ['TRUNKLINE_MAIL_FROM', 'alerts@example.com'],
  ])('refuses %s=%s and names the variable, but no secret', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name}: `));
    expect(read).not.toThrow(/pa55word/);
  });
});
