import { describe, expect, it } from 'vitest';
import { X12SyntaxError } from './parse.ts';
import { NoAcknowledgementError, readAcknowledgement } from './read-acknowledgement.ts';
import { writeAcknowledgement } from './write-acknowledgement.ts';
import type { AcknowledgementInput } from './write-acknowledgement.ts';

const at = Date.parse('2026-11-28T17:06:00Z');
const head = {
  sender: { qualifier: 'ZZ', id: 'CARRIER01' },
  receiver: { qualifier: '30', id: '123456789' },
  createdAt: at,
  controlNumber: 77,
  test: true,
  acknowledgementRequested: false,
};
const rejected: AcknowledgementInput = {
  ...head,
  group: {
    controlNumber: 12,
    code: 'P',
    transactions: [
      { controlNumber: '0001', code: 'A' },
      {
        controlNumber: '0002',
        code: 'R',
        errors: ['5', 'I5'],
        segments: [
          {
            segment: 'NM1',
            position: 14,
            loop: '2100A',
            code: '8',
            elements: [
              { element: 3, code: '1' },
              { element: 9, code: '5', copy: '987654320' },
            ],
          },
          { segment: 'DTP', position: 20, loop: '2300', code: '3' },
        ],
      },
    ],
  },
};

describe('readAcknowledgement', () => {
  it('reads a TA1 that takes the envelope', () => {
    const text = writeAcknowledgement({
      ...head,
      interchange: { controlNumber: 12, createdAt: at, code: 'A', note: '000' },
    });
    expect(text).toContain('~TA1*000000012*261128*1706*A*000~IEA*0*000000077~');
    expect(readAcknowledgement(text)).toEqual({
      outcome: 'accepted',
      interchanges: [
        { controlNumber: 12, outcome: 'accepted', note: { code: '000', message: 'Nothing is wrong.' } },
      ],
      groups: [],
    });
  });

  it('reads a TA1 that refuses it, with the reason', () => {
    const text = writeAcknowledgement({
      ...head,
      interchange: { controlNumber: 12, createdAt: at, code: 'R', note: '025' },
    });
    expect(readAcknowledgement(text)).toMatchObject({
      outcome: 'rejected',
      interchanges: [{ note: { code: '025', message: 'The control number was used before.' } }],
    });
  });

  it('reads a 999 with the errors of segments and elements in words, without copies of data', () => {
    const text = writeAcknowledgement(rejected);
    expect(text).toContain('~IK3*NM1*14*2100A*8~IK4*3**1~IK4*9**5*987654320~');
    const read = readAcknowledgement(text);
    expect(read.outcome).toBe('partly_accepted');
    expect(read.groups).toEqual([
      {
        controlNumber: 12,
        functionalCode: 'BE',
        outcome: 'partly_accepted',
        included: 2,
        received: 2,
        accepted: 1,
        errors: [],
        transactions: [
          { controlNumber: '0001', outcome: 'accepted', errors: [], segments: [] },
          {
            controlNumber: '0002',
            outcome: 'rejected',
            errors: [
              { code: '5', message: 'One or more segments have errors.' },
              { code: 'I5', message: 'One or more segments do not follow the implementation guide.' },
            ],
            segments: [
              {
                segment: 'NM1',
                position: 14,
                loop: '2100A',
                code: '8',
                message: 'Elements of the segment have errors.',
                elements: [
                  { element: 'NM103', code: '1', message: 'It is required and missing.' },
                  { element: 'NM109', code: '5', message: 'It is too long.' },
                ],
              },
              {
                segment: 'DTP',
                position: 20,
                loop: '2300',
                code: '3',
                message: 'A required segment is missing.',
                elements: [],
              },
            ],
          },
        ],
      },
    ]);
    expect(JSON.stringify(read)).not.toContain('987654320');
  });

  it('tells errors that were taken from a refusal', () => {
    const one = (code: 'A' | 'E' | 'R') =>
      readAcknowledgement(
        writeAcknowledgement({
          ...head,
          group: { controlNumber: 1, code, transactions: [{ controlNumber: '0001', code }] },
        }),
      ).outcome;
    expect([one('A'), one('E'), one('R')]).toEqual(['accepted', 'accepted_with_errors', 'rejected']);
  });

  it('takes the worst of a TA1 and a 999 in one file', () => {
    const text = writeAcknowledgement({
      ...rejected,
      interchange: { controlNumber: 12, createdAt: at, code: 'A', note: '000' },
    });
    expect(readAcknowledgement(text)).toMatchObject({
      outcome: 'partly_accepted',
      interchanges: [{ outcome: 'accepted' }],
    });
  });

  it('reads the older 997, several interchanges, and components of elements', () => {
    const text = writeAcknowledgement(rejected)
      .replaceAll('IK', 'AK')
      .replaceAll('*999*', '*997*')
      .replace('AK4*3**1', 'AK4*3:2**7');
    const taken = writeAcknowledgement({
      ...head,
      interchange: { controlNumber: 12, createdAt: at, code: 'E', note: '016' },
    });
    expect(readAcknowledgement(`${text}\r\n${taken}\n`)).toMatchObject({
      outcome: 'partly_accepted',
      interchanges: [{ outcome: 'accepted_with_errors' }],
      groups: [
        { transactions: [{}, { segments: [{ elements: [{ element: 'NM103', code: '7' }, {}] }, {}] }] },
      ],
    });
  });

  it('says so when the end of a group is missing: nothing is known to be taken', () => {
    const text = writeAcknowledgement(rejected).replace(/AK9[^~]*~/, '');
    expect(readAcknowledgement(text).outcome).toBe('rejected');
  });

  it('has words for codes that nobody knows', () => {
    const text = writeAcknowledgement(rejected).replace('IK4*3**1', 'IK4*3**Z9');
    expect(readAcknowledgement(text).groups[0]?.transactions[1]?.segments[0]?.elements[0]).toEqual({
      element: 'NM103',
      code: 'Z9',
      message: 'The partner gave a code without a known meaning.',
    });
  });

  it('refuses what is no acknowledgement', () => {
    expect(() => readAcknowledgement('Load report\nAll well\n')).toThrow(X12SyntaxError);
    const nothing = writeAcknowledgement(head);
    expect(() => readAcknowledgement(nothing)).toThrow(NoAcknowledgementError);
  });
});
