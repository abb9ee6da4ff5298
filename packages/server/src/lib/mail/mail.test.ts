import type { Socket } from 'node:net';
import { smtpListeners, startSmtpSimulator } from '@trunkline/sandbox/smtp';
import type { SmtpCondition, SmtpListener, SmtpSimulator } from '@trunkline/sandbox/smtp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../providers/classify.ts';
import { smtp } from '../../providers/smtp.ts';
import { parseEgressAllow } from '../egress/allow-list.ts';
import type { Limits } from '../egress/deadline.ts';
import { Dialer } from '../egress/tcp.ts';
import type { DialerOptions } from '../egress/tcp.ts';
import { listenCanaries, listenTcp } from '../egress/testing.ts';
import type { Listener } from '../egress/testing.ts';
import type { ProbeResult } from '../probe.ts';
import { checkMailServer } from './check-mail-server.ts';
import type { MailCheck } from './check-mail-server.ts';
import type { OutgoingMessage } from './message.ts';
import { MailError, sendMail } from './send-mail.ts';

const address = '127.0.0.9';
const name = 'mail.example.test';
const password = 'pl4nted-Passw0rd';
const security = { starttls: 'starttls', tls: 'tls', plain: 'none' } as const;
const short: Limits = { totalMs: 600, stepMs: 300 };

let server: SmtpSimulator;
let canaries: Listener[];
const closers: (() => Promise<void>)[] = [];
/** Everything that anybody could read of these tests' checks. */
const told: string[] = [];

beforeAll(async () => {
  canaries = await listenCanaries();
  server = await startSmtpSimulator({
    host: address,
    names: [name],
    authenticate: (user, given) => user === 'mailer' && given === password,
    slowMs: 150,
  });
});

beforeEach(() => server.setCondition('healthy'));

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  expect(canaries.map((canary) => canary.connections())).toEqual([0, 0, 0]);
});

afterAll(async () => {
  await server.close();
  for (const canary of canaries) await canary.close();
  const readable = told.join('\n');
  expect(readable).not.toContain(password);
  expect(readable).not.toContain(Buffer.from(password).toString('base64').replaceAll('=', ''));
  expect(readable).not.toContain(Buffer.from(`\0mailer\0${password}`).toString('base64').replaceAll('=', ''));
});

function dialer(options: Partial<DialerOptions> = {}): Dialer {
  return new Dialer({
    allow: parseEgressAllow(address),
    lookup: async (host) => (host === name ? [address] : []),
    ca: server.ca,
    ...options,
  });
}

function settings(via: SmtpListener, changes: Partial<MailCheck> = {}): MailCheck {
  return {
    host: name,
    port: server.ports[via],
    security: security[via],
    username: 'mailer',
    password,
    from: { address: 'no-reply@acme.test', name: 'Acme' },
    ...changes,
  };
}

async function check(
  via: SmtpListener,
  changes: Partial<MailCheck> = {},
  options: Partial<DialerOptions> = {},
  limits?: Limits,
): Promise<ProbeResult> {
  const result = await checkMailServer(settings(via, changes), {
    dialer: dialer(options),
    ...(limits && { limits }),
  });
  told.push(JSON.stringify(result));
  return result;
}

function outcome(result: ProbeResult): string[] {
  return result.steps.map(({ key, status }) => `${key} ${status}`);
}

function faultOf(result: ProbeResult): string {
  return classify(smtp, result.failure!).fault;
}

/** A server that says what the script says, line for line. */
async function scripted(onSocket: (socket: Socket) => void): Promise<number> {
  const listener = await listenTcp(address, onSocket);
  closers.push(() => listener.close());
  return listener.port;
}

describe('checkMailServer', () => {
  it('runs every step with STARTTLS, with the server’s own words', async () => {
    const result = await check('starttls', { sendTo: { address: 'ada@acme.test' } });
    expect(outcome(result)).toEqual([
      'dns ok',
      'tcp ok',
      'greeting ok',
      'tls ok',
      'authentication ok',
      'send ok',
    ]);
    expect(result).toMatchObject({ ok: true, failure: null });
    const details = result.steps.map(({ detail }) => detail);
    expect(details[2]).toBe('220 mail.sandbox.example ESMTP sandbox');
    expect(details[3]).toMatch(/^TLSv1\.3; the certificate is trusted and valid until 20\d\d-\d\d-\d\d\.$/);
    expect(details[4]).toMatch(/^235 2\.7\.0 /);
    expect(details[5]).toMatch(/^250 2\.\d\.\d Queued as \d+$/);
    expect(result.steps.every(({ durationMs }) => durationMs !== null && durationMs >= 0)).toBe(true);
    expect(server.messages().at(-1)).toMatchObject({
      from: 'no-reply@acme.test',
      to: ['ada@acme.test'],
      username: 'mailer',
      via: 'starttls',
    });
  });

  it('encrypts from the first byte on the port for that, and sends nothing unasked', async () => {
    const before = server.messages().length;
    const result = await check('tls');
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'tls ok', 'greeting ok', 'authentication ok']);
    expect(server.messages()).toHaveLength(before);
  });

  it('says that a password went unencrypted', async () => {
    const result = await check('plain');
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'greeting ok', 'authentication warning']);
    expect(result.ok).toBe(true);
    expect(result.steps[3]!.detail).toContain('unencrypted');
  });

  it('logs in nowhere when there is no user', async () => {
    const result = await check('plain', { username: null, password: null });
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'greeting ok']);
  });

  it('takes an address for a host', async () => {
    const result = await check('plain', { host: address });
    expect(result).toMatchObject({ ok: true });
    expect(result.steps[0]!.detail).toBe('An address needs no resolving.');
  });

  describe.each(smtpListeners)('over %s', (via) => {
    it('names the server’s refusal of a wrong password', async () => {
      const result = await check(via, { password: 'pl4nted-Passw0rd-wrong' });
      expect(outcome(result).slice(-2)).toEqual([
        via === 'starttls' ? 'tls ok' : 'greeting ok',
        'authentication failed',
      ]);
      expect(result.failure).toMatchObject({ step: 'authentication', code: 'refused', status: null });
      expect(result.failure!.text).toMatch(/^535 5\.7\.8 /);
      expect(result.steps.at(-1)!.detail).toBe(result.failure!.text);
      expect(faultOf(result)).toBe('reauth');
    });

    it.each([
      ['greylisting', /^451 4\.\d\.\d Greylisted/, 'rateLimit'],
      ['mailboxRefused', /^550 5\.\d\.\d No such mailbox/, 'badInput'],
    ] as const)('passes on %s', async (condition, reply, fault) => {
      await server.setCondition(condition);
      const result = await check(via, { sendTo: { address: 'ada@acme.test' } });
      expect(result.failure).toMatchObject({ step: 'send', code: 'refused', mayHaveArrived: false });
      expect(result.failure!.text).toMatch(reply);
      expect(faultOf(result)).toBe(fault);
    });

    it('waits for a slow server', async () => {
      await server.setCondition('slow');
      const result = await check(via);
      expect(result.ok).toBe(true);
      expect(result.steps.at(-1)!.durationMs).toBeGreaterThanOrEqual(100);
    });

    it('gives up on a server that says nothing', async () => {
      await server.setCondition('hangBeforeGreeting');
      const result = await check(via, {}, {}, short);
      expect(result.failure).toMatchObject({ step: 'greeting', code: 'timeout', mayHaveArrived: false });
      expect(result.steps.at(-1)).toMatchObject({ status: 'skipped', durationMs: null });
      expect(faultOf(result)).toBe('down');
    });

    it('tells of a refused connection', async () => {
      await server.setCondition('down');
      const result = await check(via);
      expect(outcome(result).slice(0, 3)).toEqual([
        'dns ok',
        'tcp failed',
        via === 'tls' ? 'tls skipped' : 'greeting skipped',
      ]);
      expect(result.failure!.text).toMatch(/^ECONNREFUSED/);
      expect(faultOf(result)).toBe('down');
    });

    it('tells of a name that does not resolve', async () => {
      const result = await check(via, { host: 'mial.example.test' });
      expect(outcome(result).slice(0, 2)).toEqual(['dns failed', 'tcp skipped']);
      expect(result.failure!.text).toMatch(/^ENOTFOUND/);
      expect(faultOf(result)).toBe('config');
    });

    it.each(['127.0.0.1', '127.0.0.2', '::1', '10.0.0.1', '169.254.169.254', '127.1', '2130706433'])(
      'goes to no private address: %s',
      async (host) => {
        const result = await check(
          via,
          { host, port: canaries[0]!.port },
          { lookup: async () => ['127.0.0.1'] },
        );
        expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
        expect(faultOf(result)).toBe('config');
      },
    );

    it('refuses a name with public and private addresses as a whole', async () => {
      const result = await check(via, { port: 25 }, { lookup: async () => ['8.8.8.8', '127.0.0.1'] });
      expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
    });

    it('goes to the simulator only because the allow list holds it', async () => {
      const result = await check(via, {}, { allow: parseEgressAllow('') });
      expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
    });
  });

  describe.each(['starttls', 'tls'] as const)('with a bad certificate over %s', (via) => {
    it.each([
      ['expiredCertificate', 'CERT_HAS_EXPIRED', 'The certificate has expired.'],
      ['selfSignedCertificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
      [
        'wrongNameCertificate',
        'ERR_TLS_CERT_ALTNAME_INVALID',
        'The certificate is for mail.elsewhere.example, not for mail.example.test.',
      ],
    ] as const)('fails: %s', async (condition: SmtpCondition, reason, words) => {
      await server.setCondition(condition);
      const result = await check(via);
      expect(result.failure).toMatchObject({ step: 'tls', code: 'tls' });
      expect(result.failure!.text).toContain(reason);
      expect(result.failure!.message).toContain(words);
      expect(outcome(result).at(-1)).toBe('authentication skipped');
      expect(classify(smtp, result.failure!)).toMatchObject({
        fault: 'config',
        title: 'The certificate of the server is not trusted',
      });
    });

    it('fails for an authority that nobody added', async () => {
      const result = await checkMailServer(settings(via), {
        dialer: new Dialer({ allow: parseEgressAllow(address), lookup: async () => [address] }),
      });
      expect(result.failure).toMatchObject({ step: 'tls', code: 'tls' });
      expect(classify(smtp, result.failure!).title).toBe('The certificate of the server is not trusted');
    });

    it('warns of a certificate that ends within 14 days', async () => {
      const in355Days = new Date(Date.now() + 355 * 86_400_000);
      const result = await check(via, {}, { now: () => in355Days });
      const tls = result.steps.find(({ key }) => key === 'tls')!;
      expect(tls).toMatchObject({ status: 'warning' });
      expect(tls.detail).toMatch(/the certificate ends in \d days/);
      expect(result.ok).toBe(true);
    });
  });

  it('finds that a port wants another encryption', async () => {
    const asTls = await check('tls', { port: server.ports.plain });
    expect(asTls.failure).toMatchObject({ step: 'tls', code: 'tls' });
    expect(classify(smtp, asTls.failure!).title).toBe('The encryption does not fit the port');
    const asStarttls = await check('starttls', { port: server.ports.plain });
    expect(asStarttls.failure).toMatchObject({ step: 'tls', code: 'refused' });
    expect(asStarttls.failure!.text).toMatch(/^ERR_SSL_NO_STARTTLS: 5\d\d /);
    expect(classify(smtp, asStarttls.failure!).title).toBe('The encryption does not fit the port');
  });

  it('never logs in unencrypted when STARTTLS is wanted, though the server offers it', async () => {
    const heard: string[] = [];
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data: Buffer) => {
        heard.push(String(data));
        socket.write(
          String(data).startsWith('EHLO') ? '250-hello\r\n250 AUTH PLAIN LOGIN\r\n' : '502 not here\r\n',
        );
      });
    });
    const result = await check('starttls', { port });
    expect(result.failure!.step).toBe('tls');
    expect(heard.join('')).not.toContain('AUTH');
  });

  it('says when the server offers no login', async () => {
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', () => socket.write('250 hello\r\n'));
    });
    const result = await check('plain', { port });
    expect(result.failure).toMatchObject({ step: 'authentication', code: 'refused' });
    expect(classify(smtp, result.failure!)).toMatchObject({ fault: 'config' });
  });

  it('masks a password that the server repeats', async () => {
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data: Buffer) => {
        const line = String(data).trim();
        socket.write(
          line.startsWith('EHLO') ? '250-hello\r\n250 AUTH PLAIN\r\n' : `501 not understood: ${line}\r\n`,
        );
      });
    });
    const result = await check('plain', { port });
    expect(result.failure!.text).toBe('501 not understood: AUTH PLAIN [redacted]');
    expect(result.steps.at(-1)!.detail).toContain('[redacted]');
  });

  it.each([
    ['that is no mail server', 'SSH-2.0-OpenSSH_9.2\r\n', 'protocol', 'The server does not speak SMTP'],
    ['that is too busy', '421 4.7.0 Try later\r\n', 'refused', '421 4.7.0 Try later'],
    ['that refuses this client', '554 5.7.1 Go away\r\n', 'refused', '554 5.7.1 Go away'],
  ])('reads the greeting of one %s', async (_kind, greeting, code, words) => {
    const port = await scripted((socket) => socket.write(greeting));
    const result = await check('plain', { port });
    expect(result.failure).toMatchObject({ step: 'greeting', code });
    expect(result.failure!.message).toContain(words);
    expect(JSON.stringify(result)).not.toContain('OpenSSH');
  });

  it('tells of a connection that ends before the greeting', async () => {
    const port = await scripted((socket) => socket.end());
    const result = await check('plain', { port });
    expect(result.failure).toMatchObject({ step: 'greeting', code: 'reset' });
  });

  it('lets go of the connection when it is over, whatever came of it', async () => {
    const listener = await listenTcp(address, () => undefined);
    closers.push(() => listener.close());
    await check('plain', { port: listener.port }, {}, short);
    await listener.ended(1);
  });

  it('stops when the caller says so', async () => {
    await server.setCondition('hangBeforeGreeting');
    const stop = new AbortController();
    const running = checkMailServer(settings('plain'), { dialer: dialer(), signal: stop.signal });
    stop.abort();
    expect((await running).failure).toMatchObject({ code: 'aborted' });
  });
});

describe('sendMail', () => {
  const message: OutgoingMessage = {
    from: { address: 'no-reply@acme.test', name: 'Acme Staffing' },
    to: [{ address: 'ada@acme.test', name: 'Ada' }],
    subject: 'Grüße',
    text: 'Hello',
    html: '<p>Hello</p>',
  };

  async function failureOf(
    changes: Partial<OutgoingMessage>,
    limits?: Limits,
    port = server.ports.plain,
  ): Promise<MailError> {
    const error: unknown = await sendMail(
      { ...settings('plain'), port },
      { ...message, ...changes },
      { dialer: dialer(), ...(limits && { limits }) },
    ).then(
      () => null,
      (failed: unknown) => failed,
    );
    if (!(error instanceof MailError)) throw new Error('it was sent', { cause: error });
    told.push(`${error.stack} ${JSON.stringify(error)}`);
    return error;
  }

  it('sends a message to everybody it names', async () => {
    const sent = await sendMail(
      settings('starttls'),
      {
        ...message,
        cc: [{ address: 'bob@acme.test' }],
        bcc: [{ address: 'eve@acme.test' }],
        messageId: '<one@acme.test>',
        attachments: [{ filename: 'a.txt', content: Buffer.from('attached'), contentType: 'text/plain' }],
      },
      { dialer: dialer() },
    );
    expect(sent).toMatchObject({
      messageId: '<one@acme.test>',
      accepted: ['ada@acme.test', 'bob@acme.test', 'eve@acme.test'],
      rejected: [],
    });
    expect(sent.reply).toMatch(/^250 /);
    const { source, to } = server.messages().at(-1)!;
    expect(to).toEqual(['ada@acme.test', 'bob@acme.test', 'eve@acme.test']);
    expect(source).toContain('From: Acme Staffing <no-reply@acme.test>');
    expect(source).toContain('Message-ID: <one@acme.test>');
    expect(source).toContain(Buffer.from('attached').toString('base64'));
    expect(source).not.toContain('eve@acme.test');
  });

  it('knows that nothing was sent when the server refuses', async () => {
    await server.setCondition('greylisting');
    const { failure } = await failureOf({});
    expect(failure).toMatchObject({ step: 'send', code: 'refused', mayHaveArrived: false });
    expect(failure.text).toMatch(/^451 /);
  });

  it('does not know when the server takes the message and says nothing', async () => {
    await server.setCondition('hangAfterData');
    const before = server.messages().length;
    const { failure } = await failureOf({}, { totalMs: 2_000, stepMs: 500 });
    expect(failure).toMatchObject({ step: 'send', code: 'timeout', mayHaveArrived: true });
    expect(classify(smtp, { ...failure, text: '' }).fault).toBe('ambiguous');
    expect(server.messages()).toHaveLength(before + 1);
  });

  it.each([
    ['with the message', true],
    ['with the envelope', false],
  ])('does not know when the connection breaks %s on its way: %s', async (_when, mayHaveArrived) => {
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      let text = '';
      socket.on('data', (data: Buffer) => {
        text = String(data);
        if (text.startsWith('AUTH')) socket.write('235 ok\r\n');
        else if (text.startsWith('EHLO')) socket.write('250-hello\r\n250 AUTH PLAIN\r\n');
        else if (text.startsWith('DATA') && mayHaveArrived) socket.write('354 go on\r\n');
        else if (/^(MAIL|RCPT)/.test(text)) socket.write('250 ok\r\n');
        else socket.destroy();
      });
    });
    const { failure } = await failureOf({}, undefined, port);
    expect(failure).toMatchObject({ step: 'send', code: 'reset', mayHaveArrived });
  });

  it('is certain again when the server refuses the message after it was sent', async () => {
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data: Buffer) => {
        const text = String(data);
        if (text.startsWith('AUTH')) socket.write('235 ok\r\n');
        else if (text.startsWith('EHLO')) socket.write('250-hello\r\n250 AUTH PLAIN\r\n');
        else if (text.startsWith('DATA')) socket.write('354 go on\r\n');
        else if (/^(MAIL|RCPT)/.test(text)) socket.write('250 ok\r\n');
        else if (text.endsWith('\r\n.\r\n')) socket.write('554 5.6.0 No thank you\r\n');
      });
    });
    const { failure } = await failureOf({}, undefined, port);
    expect(failure).toMatchObject({ code: 'refused', text: '554 5.6.0 No thank you', mayHaveArrived: false });
  });

  it('accepts a message for some, and names the others', async () => {
    const port = await scripted((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data: Buffer) => {
        const text = String(data);
        if (text.startsWith('AUTH')) socket.write('235 ok\r\n');
        else if (text.startsWith('EHLO')) socket.write('250-hello\r\n250 AUTH PLAIN\r\n');
        else if (text.startsWith('DATA')) socket.write('354 go on\r\n');
        else if (text.startsWith('RCPT TO:<bob')) socket.write('550 5.1.1 no bob\r\n');
        else if (text.startsWith('QUIT')) socket.end('221 bye\r\n');
        else if (/^(MAIL|RCPT)/.test(text) || text.endsWith('\r\n.\r\n')) socket.write('250 ok\r\n');
      });
    });
    const sent = await sendMail(
      { ...settings('plain'), port },
      { ...message, to: [{ address: 'ada@acme.test' }, { address: 'bob@acme.test' }] },
      { dialer: dialer() },
    );
    expect(sent).toMatchObject({
      accepted: ['ada@acme.test'],
      rejected: [{ address: 'bob@acme.test', reply: '550 5.1.1 no bob' }],
    });
  });

  it.each(['a@b.test, c@d.test', 'a@b.test\r\nBcc: c@d.test', 'a@b.test>', 'nobody', '', 'a b@c.test'])(
    'takes no address like %j',
    async (to) => {
      const before = server.messages().length;
      const { failure } = await failureOf({ to: [{ address: to }] });
      expect(failure).toMatchObject({ code: 'protocol', mayHaveArrived: false });
      expect(server.messages()).toHaveLength(before);
    },
  );

  it('lets no header end early', async () => {
    await sendMail(
      settings('plain'),
      {
        ...message,
        subject: 'one\r\nBcc: eve@acme.test',
        from: { address: 'no-reply@acme.test', name: 'a\r\nX: y' },
      },
      { dialer: dialer() },
    );
    const { source } = server.messages().at(-1)!;
    expect(source).not.toMatch(/^(Bcc|X):/m);
  });

  it('ends its connection', async () => {
    const listener = await listenTcp(address, (socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', () => socket.write('421 closing\r\n'));
    });
    closers.push(() => listener.close());
    await failureOf({}, undefined, listener.port);
    await listener.ended(1);
  });
});
