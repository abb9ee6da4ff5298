import { describe, expect, it } from 'vitest';
import { checksBy, proofOf } from './mail-proof.ts';

const from = 'Ada <ada@acme.com>';
const verdict = (service: string, content: Record<string, unknown>, sender = from) => {
  const proof = proofOf(sender, checksBy(service, content, sender));
  return proof.proven ? 'proven' : proof.forged ? 'forged' : 'not proven';
};

describe('Amazon SES', () => {
  const notice = (
    [spf, dkim, dmarc]: [string, string, string],
    { source = 'ada@acme.com', results = [] as string[] } = {},
  ) => ({
    receipt: { spfVerdict: { status: spf }, dkimVerdict: { status: dkim }, dmarcVerdict: { status: dmarc } },
    mail: { source, headers: results.map((value) => ({ name: 'Authentication-Results', value })) },
  });
  const own = (...clauses: string[]) => `amazonses.com; ${clauses.join('; ')};`;

  it('DMARC decides where it says anything', () => {
    expect(verdict('amazon-ses', notice(['FAIL', 'GRAY', 'PASS']))).toBe('proven');
    expect(verdict('amazon-ses', notice(['PASS', 'PASS', 'FAIL']))).toBe('forged');
  });

  it('without a policy, a signature of the domain or a server of it proves the sender', () => {
    const signed = { source: 'x@lists.example', results: [own('dkim=pass header.i=@acme.com')] };
    expect(verdict('amazon-ses', notice(['FAIL', 'PASS', 'GRAY'], signed))).toBe('proven');
    expect(verdict('amazon-ses', notice(['PASS', 'GRAY', 'GRAY'], { source: 'b@mail.acme.com' }))).toBe(
      'proven',
    );
    expect(verdict('amazon-ses', notice(['PASS', 'GRAY', 'GRAY'], { source: 'eve@evil.example' }))).toBe(
      'not proven',
    );
    expect(verdict('amazon-ses', notice(['GRAY', 'GRAY', 'GRAY']))).toBe('not proven');
    expect(verdict('amazon-ses', notice(['FAIL', 'GRAY', 'GRAY']))).toBe('forged');
  });

  it("somebody else's signature proves nothing, nor does a result that came with the mail", () => {
    const of = (...results: string[]) => notice(['GRAY', 'PASS', 'GRAY'], { source: '', results });
    expect(verdict('amazon-ses', of(own('dkim=pass header.i=@evil.example')))).toBe('not proven');
    const forged = own('dkim=pass header.i=@acme.com');
    expect(verdict('amazon-ses', of(own('dkim=pass header.i=@evil.example'), forged))).toBe('not proven');
    expect(verdict('amazon-ses', of('mx.evil.example; dkim=pass header.i=@acme.com'))).toBe('not proven');
    expect(
      verdict(
        'amazon-ses',
        of(own('spf=none (dkim=pass header.i=@acme.com) a="; dkim=pass header.i=@acme.com"')),
      ),
    ).toBe('not proven');
    expect(verdict('amazon-ses', of(own('dkim=pass header.i=@notacme.com', 'dkim=pass header.i=@com')))).toBe(
      'not proven',
    );
  });
});

describe('Mailgun', () => {
  const received = ['Received', 'from mx by mxa.mailgun.org'];
  const signature = (domain: string) => [
    'Dkim-Signature',
    `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=x; b=ad=`,
  ];
  const mail = (own: string[][], brought: string[][] = [], sender = 'ada@acme.com') => ({
    sender,
    'message-headers': JSON.stringify([...own, ['X-Mailgun-Incoming', 'Yes'], received, ...brought]),
  });

  it('says whether signature and server are right', () => {
    expect(
      verdict(
        'mailgun',
        mail([['X-Mailgun-Dkim-Check-Result', 'Pass']], [signature('acme.com')], 'x@y.example'),
      ),
    ).toBe('proven');
    expect(verdict('mailgun', mail([['X-Mailgun-Spf', 'Pass']]))).toBe('proven');
    expect(verdict('mailgun', mail([['X-Mailgun-Spf', 'SoftFail']]))).toBe('forged');
    expect(verdict('mailgun', mail([['X-Mailgun-Dkim-Check-Result', 'Fail']], [signature('acme.com')]))).toBe(
      'forged',
    );
    expect(verdict('mailgun', mail([['X-Mailgun-Spf', 'Neutral']]))).toBe('not proven');
    // The spam filter is off.
    expect(verdict('mailgun', mail([]))).toBe('not proven');
    expect(verdict('mailgun', { 'message-headers': 'no json' })).toBe('not proven');
  });

  it('is not believed for what came with the mail, or whose signature it was', () => {
    const pass = ['X-Mailgun-Dkim-Check-Result', 'Pass'];
    expect(verdict('mailgun', mail([], [pass, ['X-Mailgun-Spf', 'Pass'], signature('acme.com')]))).toBe(
      'not proven',
    );
    expect(verdict('mailgun', mail([pass, pass], [signature('acme.com')], 'x@y.example'))).toBe('not proven');
    expect(
      verdict('mailgun', mail([pass], [signature('evil.example'), signature('acme.com')], 'x@y.example')),
    ).toBe('not proven');
    expect(verdict('mailgun', mail([['X-Mailgun-Spf', 'Pass']], [], 'eve@evil.example'))).toBe('not proven');
  });
});

describe('Postmark', () => {
  const mail = (...headers: [string, string][]) => ({
    Headers: headers.map(([Name, Value]) => ({ Name, Value })),
  });
  const spf = (word: string, envelope: string): [string, string] => [
    'Received-SPF',
    `${word} (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.1; envelope-from=${envelope}; receiver=x`,
  ];

  it("says whether the author's domain has signed, and the server", () => {
    expect(verdict('postmark', mail(['X-Spam-Tests', 'DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU']))).toBe(
      'proven',
    );
    expect(verdict('postmark', mail(spf('Pass', 'bounce@acme.com')))).toBe('proven');
    expect(
      verdict('postmark', mail(['X-Spam-Tests', 'DKIM_SIGNED,DKIM_VALID'], spf('pass', 'eve@evil.example'))),
    ).toBe('not proven');
    expect(verdict('postmark', mail(['X-Spam-Tests', 'DKIM_INVALID,DKIM_SIGNED']))).toBe('forged');
    expect(verdict('postmark', mail(spf('Fail', 'ada@acme.com')))).toBe('forged');
  });

  it('is not believed where a header stands twice', () => {
    const valid: [string, string] = ['X-Spam-Tests', 'DKIM_VALID_AU'];
    expect(verdict('postmark', mail(['X-Spam-Tests', 'NONE'], valid))).toBe('not proven');
    expect(verdict('postmark', mail(['Received-SPF', 'Pass (envelope-from=ada@acme.com)']))).toBe(
      'not proven',
    );
  });
});

describe('SendGrid', () => {
  const mail = (dkim: string, SPF: string, envelope = 'ada@acme.com') => ({
    dkim,
    SPF,
    envelope: JSON.stringify({ to: ['in@x.example'], from: envelope }),
  });

  it('says which signatures are right, and the server', () => {
    expect(verdict('sendgrid', mail('{@acme.com : pass}', 'fail'))).toBe('proven');
    expect(verdict('sendgrid', mail('{@evil.example : pass, @acme.com : fail}', 'none'))).toBe('forged');
    expect(verdict('sendgrid', mail('{@acme-com.20230601.gappssmtp.com : pass}', 'pass'))).toBe('proven');
    expect(verdict('sendgrid', mail('none', 'pass', 'eve@evil.example'))).toBe('not proven');
    expect(verdict('sendgrid', mail('none', 'softfail'))).toBe('forged');
    expect(verdict('sendgrid', { envelope: '{' })).toBe('not proven');
  });
});

it('says why in a sentence, and proves nobody without a domain or by a service that it does not know', () => {
  const checks = checksBy(
    'sendgrid',
    { dkim: '{@evil.example : pass}', SPF: 'fail', envelope: '{"from":"e@evil.example"}' },
    from,
  );
  expect(proofOf(from, checks)).toEqual({
    proven: false,
    forged: true,
    why: 'The mail says that it is from acme.com, and the checks say that it is not. (DKIM of evil.example: pass, SPF of evil.example: fail)',
  });
  expect(proofOf('undisclosed', checks)).toMatchObject({ proven: false, forged: false });
  expect(proofOf(from, checksBy(undefined, { SPF: 'pass' }, from))).toMatchObject({
    forged: false,
    why: 'Nothing proves that acme.com has sent it. The service says nothing of it.',
  });
});
