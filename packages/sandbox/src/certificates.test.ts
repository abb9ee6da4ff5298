import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority, selfSigned } from './certificates.ts';

const now = Date.UTC(2026, 10, 28, 12);

describe('certificates', () => {
  it('are signed by their authority, for the names and the time asked for', () => {
    const authority = createAuthority('An authority', now);
    const ca = new X509Certificate(authority.ca);
    const { cert, key } = authority.issue({
      names: ['mail.example.com', '127.0.0.9'],
      notBefore: new Date(now),
      notAfter: new Date(Date.UTC(2051, 0, 2)),
    });
    const read = new X509Certificate(cert);
    expect(ca).toMatchObject({ ca: true, subject: 'CN=An authority' });
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(read.verify(ca.publicKey)).toBe(true);
    expect(read.checkIssued(ca)).toBe(true);
    expect(read.ca).toBe(false);
    expect(read.subjectAltName).toBe('DNS:mail.example.com, IP Address:127.0.0.9');
    expect([read.validFrom, read.validTo]).toEqual(['Nov 28 12:00:00 2026 GMT', 'Jan  2 00:00:00 2051 GMT']);
    expect(key).toContain('BEGIN PRIVATE KEY');
  });

  it('can vouch for themselves', () => {
    const read = new X509Certificate(selfSigned({ names: ['mail.example.com'] }, now).cert);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.issuer).toBe(read.subject);
  });

  it('have numbers of their own', () => {
    const authority = createAuthority();
    const numbers = Array.from(
      { length: 20 },
      () => new X509Certificate(authority.issue({ names: ['a.example'] }).cert).serialNumber,
    );
    expect(new Set(numbers).size).toBe(20);
  });
});
