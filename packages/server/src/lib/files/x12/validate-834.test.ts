import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sampleEnrollment } from '../sample.ts';
import { validate834 } from './validate-834.ts';
import { writeEnrollment834 } from './write-834.ts';

const at = Date.parse('2026-11-28T17:06:00Z');
const good = writeEnrollment834(sampleEnrollment(at), { delimiters: { lineEnd: '\n' } });
const lines = good.trimEnd().split('\n');

/** Index of the nth segment that begins so. */
function find(begin: string, nth = 0): number {
  const places = lines.flatMap((line, index) => (line.startsWith(begin) ? [index] : []));
  const place = places[nth];
  if (place === undefined) throw new Error(`No ${begin}`);
  return place;
}

/** The file with lines changed, and its SE counting right again. */
function changed(change: (lines: string[]) => void): string {
  const copy = [...lines];
  change(copy);
  const head = copy.findIndex((line) => line.startsWith('ST*'));
  const end = copy.findIndex((line) => line.startsWith('SE*'));
  if (end >= 0) copy[end] = `SE*${end - head + 1}*0001~`;
  return copy.join('\n');
}

/** The same with one line made another. */
function replacing(begin: string, by: string, nth = 0): string {
  return changed((copy) => {
    copy[find(begin, nth)] = by;
  });
}

const problemsOf = (text: string) =>
  validate834(text)
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, code, element, segment, member }) => [severity, code, element ?? segment, member]);

describe('validate834', () => {
  it('finds nothing wrong in the sample, and says that it is a test', () => {
    expect(problemsOf(good)).toEqual([]);
    expect(validate834(good).map(({ code }) => code)).toEqual([
      'test_file',
      ...Array.from({ length: 10 }, () => 'ssn_of_example'),
    ]);
  });

  const cases: [what: string, text: string, expected: unknown[]][] = [
    ['no X12', 'Name,Birthday\nAda,1984-03-09\n', [['error', 'not_x12', null, null]]],
    [
      'an ISA that is too short',
      good.replace('ISA*00*   ', 'ISA*00*'),
      [['error', 'isa_wrong_length', null, null]],
    ],
    [
      'delimiters that are one',
      `${good.slice(0, 104)}*${good.slice(105)}`,
      [['error', 'delimiters_not_usable', null, null]],
    ],
    [
      'a segment that does not end',
      good.trimEnd().slice(0, -1),
      [['error', 'segment_not_ended', null, null]],
    ],
    [
      'a file that is cut off',
      lines.slice(0, find('SE*')).join('\n'),
      [
        ['error', 'transaction_not_ended', 'DTP', 18],
        ['error', 'group_not_ended', 'DTP', 18],
        ['error', 'interchange_not_ended', 'DTP', 18],
      ],
    ],
    [
      'a wrong count of segments',
      good.replace(/SE\*\d+\*/, 'SE*3*'),
      [['error', 'count_differs', 'SE01', null]],
    ],
    [
      'a wrong count of transactions',
      replacing('GE*', 'GE*2*1~'),
      [['error', 'count_differs', 'GE01', null]],
    ],
    [
      'a wrong count of groups',
      replacing('IEA*', 'IEA*2*000000001~'),
      [['error', 'count_differs', 'IEA01', null]],
    ],
    [
      'another control number at the end of the transaction',
      good.replace(/(SE\*\d+\*)0001/, '$10002'),
      [['error', 'control_number_differs', 'SE02', null]],
    ],
    ['of the group', replacing('GE*', 'GE*1*2~'), [['error', 'control_number_differs', 'GE02', null]]],
    [
      'of the interchange',
      replacing('IEA*', 'IEA*1*000000002~'),
      [['error', 'control_number_differs', 'IEA02', null]],
    ],
    [
      'another version',
      replacing('GS*', (lines[1] ?? '').replace('X220A1', 'X220')),
      [['error', 'code_not_allowed', 'GS08', null]],
    ],
    [
      'a file without an enrollment',
      replacing('ST*', 'ST*835*0001*005010X220A1~'),
      [
        ['error', 'no_enrollment', 'ST', null],
        ['error', 'code_not_allowed', 'ST01', null],
      ],
    ],
    [
      'no BGN',
      changed((copy) => void copy.splice(find('BGN'), 1)),
      [
        ['error', 'required_segment_missing', 'BGN', null],
        ['error', 'subscriber_missing', 'INS', null],
      ].slice(0, 1),
    ],
    [
      'no payer',
      changed((copy) => void copy.splice(find('N1*IN'), 1)),
      [['error', 'required_segment_missing', 'N1', null]],
    ],
    [
      'a member without a number',
      changed((copy) => void copy.splice(find('REF*0F', 3), 1)),
      [['error', 'required_segment_missing', 'REF', 4]],
    ],
    [
      'a member without a name',
      changed((copy) => void copy.splice(find('NM1', 3), 1)),
      [
        ['error', 'required_segment_missing', 'NM1', 4],
        ['error', 'segment_unknown', 'PER', 4],
        ['error', 'segment_unknown', 'N3', 4],
        ['error', 'segment_unknown', 'N4', 4],
        ['error', 'segment_unknown', 'DMG', 4],
      ],
    ],
    [
      'a coverage without a date',
      changed((copy) => void copy.splice(find('DTP*348', 1), 1)),
      [
        ['error', 'required_segment_missing', 'DTP', 2],
        ['warning', 'coverage_start_missing', 'HD', 2],
      ],
    ],
    [
      'segments out of order',
      changed((copy) => {
        const place = find('DMG', 1);
        copy.splice(find('N3', 1), 0, ...copy.splice(place, 1));
      }),
      [
        ['error', 'segment_out_of_order', 'N3', 2],
        ['error', 'segment_out_of_order', 'N4', 2],
      ],
    ],
    [
      'a segment that the guide does not have',
      changed((copy) => void copy.splice(find('HD'), 0, 'CLM*1~')),
      [['error', 'segment_unknown', 'CLM', 1]],
    ],
    [
      'an address twice',
      changed((copy) => void copy.splice(find('N3'), 0, 'N3*1 Other Lane~')),
      [['error', 'too_many_segments', 'N3', 1]],
    ],
    [
      'a code that the guide does not have',
      replacing('INS*N', 'INS*N*99*030**A~'),
      [['error', 'code_not_allowed', 'INS02', 2]],
    ],
    [
      'a required element that is empty',
      replacing('NM1', 'NM1*IL*1**Ada****34*987654320~'),
      [['error', 'required_element_missing', 'NM103', 1]],
    ],
    [
      'an element that has no use',
      replacing('HD', 'HD*030*X*DEN~'),
      [['error', 'element_not_used', 'HD02', 1]],
    ],
    [
      'a value that is too long',
      replacing('N3', `N3*${'x'.repeat(56)}~`),
      [['error', 'too_long', 'N301', 1]],
    ],
    ['a value that is too short', replacing('N4', 'N4*S*IL*62701~'), [['error', 'too_short', 'N401', 1]]],
    [
      'too many elements',
      replacing('DTP*348', 'DTP*348*D8*20260101*1~'),
      [['error', 'too_many_elements', 'DTP04', 1]],
    ],
    [
      'delimiters that nothing follows',
      replacing('N3', 'N3*12 Example Lane*~'),
      [['warning', 'trailing_delimiter', 'N302', 1]],
    ],
    [
      'spaces at the end',
      replacing('N3', 'N3*12 Example Lane ~'),
      [['warning', 'trailing_space', 'N301', 1]],
    ],
    ['a control character', replacing('N3', 'N3*12\u{7}Example Lane~'), [['error', 'wrong_type', 'N301', 1]]],
    [
      'a state that is none',
      replacing('N4', 'N4*Springfield*ZZ*62701~'),
      [['error', 'code_not_allowed', 'N402', 1]],
    ],
    [
      'a day that does not exist',
      replacing('DTP*348', 'DTP*348*D8*20260230~'),
      [['error', 'wrong_type', 'DTP03', 1]],
    ],
    [
      'a period that runs backwards',
      replacing('DTP*348', 'DTP*348*RD8*20260201-20260101~'),
      [['error', 'wrong_type', 'DTP03', 1]],
    ],
    [
      'half of a pair',
      replacing('NM1', 'NM1*IL*1*Ashgrove*Ada****34~'),
      [
        ['error', 'elements_do_not_fit', 'NM108', 1],
        ['error', 'ssn_not_nine_digits', 'NM109', 1],
      ],
    ],
    [
      'a subscriber without Y',
      replacing('INS*Y', 'INS*N*18*030**A***FT~'),
      [
        ['error', 'total_differs', 'QTY02', null],
        ['error', 'total_differs', 'QTY02', null],
        ['error', 'subscriber_flag_wrong', 'INS01', 1],
      ],
    ],
    [
      'a subscriber without a status',
      replacing('INS*Y', 'INS*Y*18*030**A~'),
      [['error', 'employment_status_missing', 'INS08', 1]],
    ],
    [
      'a subscriber twice',
      replacing('REF*0F*E1002', 'REF*0F*E1001~'),
      [['error', 'subscriber_repeated', 'INS', 4]],
    ],
    [
      'a dependent of nobody',
      replacing('REF*0F', 'REF*0F*E9999~', 1),
      [['error', 'subscriber_missing', 'INS', 2]],
    ],
    [
      'a dependent before the subscriber',
      replacing('REF*0F', 'REF*0F*E1003~', 1),
      [['error', 'dependent_before_subscriber', 'INS', 2]],
    ],
    [
      'a person twice',
      changed((copy) => {
        const begin = find('INS*N');
        copy.splice(begin, 0, ...copy.slice(begin, find('INS*N', 1)));
      }),
      [
        ['error', 'total_differs', 'QTY02', null],
        ['error', 'total_differs', 'QTY02', null],
        ['error', 'member_repeated', 'INS', 3],
      ],
    ],
    [
      'a change in a full file',
      replacing('INS*N', 'INS*N*01*001**A~'),
      [['warning', 'change_in_full_file', 'INS03', 2]],
    ],
    [
      'a member who ends without a date',
      replacing('INS*N', 'INS*N*01*024**A~'),
      [['error', 'end_date_missing', 'INS', 2]],
    ],
    [
      'a coverage that ends without a date',
      replacing('HD', 'HD*024**DEN~'),
      [['error', 'coverage_end_missing', 'HD', 1]],
    ],
    [
      'a coverage that ends before it begins',
      changed((copy) => void copy.splice(find('DTP*348') + 1, 0, 'DTP*349*D8*20251231~')),
      [['error', 'ends_before_it_begins', 'DTP03', 1]],
    ],
    [
      'a birth in the future',
      replacing('DMG', 'DMG*D8*20270101*F~'),
      [['error', 'birth_date_ahead', 'DMG02', 1]],
    ],
    [
      'an SSN with dashes',
      replacing('NM1', 'NM1*IL*1*Ashgrove*Ada****34*987-65-4320~'),
      [['error', 'ssn_not_nine_digits', 'NM109', 1]],
    ],
    [
      'an SSN that cannot be',
      replacing('NM1', 'NM1*IL*1*Ashgrove*Ada****34*000123456~'),
      [['warning', 'ssn_never_issued', 'NM109', 1]],
    ],
    [
      'a taxpayer number',
      replacing('NM1', 'NM1*IL*1*Ashgrove*Ada****34*912345678~'),
      [['warning', 'ssn_begins_with_9', 'NM109', 1]],
    ],
  ];

  it.each(cases)('finds %s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('says what a segment that is no code was replaced by, without it', () => {
    const [found] = validate834(changed((copy) => void copy.splice(find('HD'), 0, 'JOHN 123456789*1~')));
    const unknown = validate834(changed((copy) => void copy.splice(find('HD'), 0, 'JOHN 123456789*1~'))).find(
      ({ code }) => code === 'segment_unknown',
    );
    expect(found?.code).toBe('test_file');
    expect(unknown).toMatchObject({ segment: null, member: 1 });
    expect(JSON.stringify(unknown)).not.toContain('123456789');
  });

  it('never repeats what stands in the file', () => {
    const secrets = ['Ashgrove', '987654320', '19840309', 'E1001'];
    const texts = cases.map(([, text]) => text);
    const messages = texts.flatMap((text) => validate834(text).map((one) => JSON.stringify(one)));
    expect(messages.length).toBeGreaterThan(cases.length);
    for (const secret of secrets) expect(messages.filter((message) => message.includes(secret))).toEqual([]);
  });

  it('follows a dependent without the subscriber in a file of changes', () => {
    const text = changed((copy) => {
      copy[find('BGN')] = 'BGN*00*SAMPLE-1*20261128*1706*UT***2~';
      copy.splice(find('QTY'), 3);
      const first = copy.findIndex((line) => line.startsWith('INS*'));
      copy.splice(first, copy.findIndex((line) => line.startsWith('INS*N')) - first);
      copy.splice(
        copy.findIndex((line) => line.startsWith('INS*N*19')),
        copy.findIndex((line) => line.startsWith('SE*')) -
          copy.findIndex((line) => line.startsWith('INS*N*19')),
      );
    });
    expect(problemsOf(text)).toEqual([['warning', 'audit_in_change_file', 'INS03', 1]]);
  });

  it('checks a large file in a time that grows with its length only', () => {
    const member = lines.slice(find('INS*Y', 1), find('INS*Y', 2));
    const copies = Array.from({ length: 20_000 }, (_, index) =>
      member.map((line) => line.replace('E1002', `X${index}`)),
    ).flat();
    const text = [
      ...lines.slice(0, find('SE*')),
      ...copies,
      `SE*${lines.length - 4 + copies.length}*0001~`,
      ...lines.slice(-2),
    ].join('\n');
    const started = performance.now();
    expect(problemsOf(text).map(([, code]) => code)).toEqual(['total_differs', 'total_differs']);
    // Generous: what is quadratic here takes minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('the example of docs/file-exchange.md', () => {
  it('is right', async () => {
    const page = new URL('../../../../../../docs/file-exchange.md', import.meta.url);
    const example = /```edi\n([^`]+)```/.exec(await readFile(page, 'utf8'))?.[1] ?? '';
    expect(validate834(example).map(({ code }) => code)).toEqual(['test_file', 'ssn_of_example']);
  });
});
