import type { Enrollment, EnrollmentMember } from '@trunkline/contract/files';
import { describe, expect, it } from 'vitest';
import { FileInputError } from '../input-error.ts';
import { sampleEnrollment } from '../sample.ts';
import { read834 } from './read-834.ts';
import { validate834 } from './validate-834.ts';
import { writeEnrollment834 } from './write-834.ts';

const at = Date.parse('2026-11-28T17:06:00Z');

function sample(change: Partial<EnrollmentMember> = {}, member = 0): Enrollment {
  const enrollment = sampleEnrollment(at);
  const changed = enrollment.members[member];
  if (changed) Object.assign(changed, change);
  return enrollment;
}

function issuesOf(run: () => unknown): FileInputError {
  try {
    run();
  } catch (error) {
    if (error instanceof FileInputError) return error;
    throw error;
  }
  throw new Error('It was written');
}

const codesOf = (error: FileInputError) => error.issues.map(({ item, field, code }) => [item, field, code]);

describe('writeEnrollment834', () => {
  it('writes the envelope, the head and the first member as the guide has them', () => {
    const text = writeEnrollment834(sample(), { delimiters: { lineEnd: '\n' } });
    expect(text.split('\n').slice(0, 20)).toEqual([
      'ISA*00*          *00*          *ZZ*EXAMPLEWORKS   *ZZ*EXAMPLECARRIER *261128*1706*^*00501*000000001*1*T*:~',
      'GS*BE*EXAMPLEWORKS*EXAMPLECARRIER*20261128*1706*1*X*005010X220A1~',
      'ST*834*0001*005010X220A1~',
      'BGN*00*SAMPLE-1*20261128*1706*UT***4~',
      'QTY*TO*18~',
      'QTY*ET*10~',
      'QTY*DT*8~',
      'N1*P5*Maple Example Works*FI*000000001~',
      'N1*IN*Example Carrier*FI*000000002~',
      'INS*Y*18*030**A***FT~',
      'REF*0F*E1001~',
      'REF*1L*EX00100~',
      'REF*23*E1001~',
      'DTP*336*D8*20160201~',
      'NM1*IL*1*Ashgrove*Ada****34*987654320~',
      'PER*IP**TE*2175550100~',
      'N3*12 Example Lane~',
      'N4*Springfield*IL*62701~',
      'DMG*D8*19840309*F~',
      'HD*030**DEN*EXAMPLE-PLAN*FAM~',
    ]);
    expect(text.trimEnd().split('\n').slice(-3)).toEqual(['SE*200*0001~', 'GE*1*1~', 'IEA*1*000000001~']);
  });

  it('writes a termination, with the codes of change and reason and the last day', () => {
    const enrollment = sample({
      change: 'terminate',
      reason: 'employment_ended',
      employmentStatus: 'terminated',
      employmentEnd: '2026-11-15',
      coverages: [{ line: 'dental', plan: 'EXAMPLE-PLAN', start: '2026-01-01', end: '2026-11-30' }],
    });
    const text = writeEnrollment834({
      ...enrollment,
      content: 'changes',
      members: enrollment.members.slice(0, 1),
      totals: false,
    });
    expect(text).toContain('INS*Y*18*024*08*A***TE~');
    expect(text).toContain('DTP*337*D8*20261115~');
    expect(text).toContain('HD*024**DEN*EXAMPLE-PLAN~DTP*348*D8*20260101~DTP*349*D8*20261130~');
    expect(validate834(text).filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('writes a corrected name beside the wrong one', () => {
    const text = writeEnrollment834(
      sample({ previous: { lastName: 'Ashgrov', birthDate: '1984-03-08', gender: 'female' } }),
    );
    expect(text).toContain('NM1*74*1*Ashgrove*Ada');
    expect(text).toContain('~NM1*70*1*Ashgrov~DMG*D8*19840308*F~');
  });

  it('names the member and the field of a wrong shape, and never the value', () => {
    const error = issuesOf(() =>
      writeEnrollment834(sample({ ssn: '123-45-6789', lastName: 'Doe'.repeat(30) }, 3)),
    );
    expect(codesOf(error)).toEqual([
      [4, 'ssn', 'invalid_format'],
      [4, 'lastName', 'too_big'],
    ]);
    expect(error.message).toBe('Member 4 (…02), ssn: Nine digits (and 1 more)');
  });

  it.each<[string, Partial<EnrollmentMember>, unknown[]]>([
    [
      'a subscriber without employment status',
      { employmentStatus: undefined },
      [[1, 'employmentStatus', 'employment_status_missing']],
    ],
    ['a birth date without a gender', { gender: undefined }, [[1, 'gender', 'required_element_missing']]],
    [
      'a gender without a birth date',
      { birthDate: undefined },
      [
        [1, 'birthDate', 'required_element_missing'],
        [1, 'birthDate', 'elements_do_not_fit'],
      ],
    ],
    [
      'a state that is none',
      { address: { line1: 'x', city: 'Xy', state: 'ZZ' } },
      [[1, 'address.state', 'code_not_allowed']],
    ],
    [
      'a coverage without dates',
      { coverages: [{ line: 'dental' }] },
      [[1, 'coverages.0', 'required_segment_missing']],
    ],
    [
      'a coverage that ends before it begins',
      { coverages: [{ line: 'dental', start: '2026-02-01', end: '2026-01-01' }] },
      [[1, 'coverages.0.end', 'ends_before_it_begins']],
    ],
    ['a letter with an accent', { firstName: 'Zoé' }, [[1, 'firstName', 'character_not_allowed']]],
    ['a delimiter in a name', { firstName: 'A*da' }, [[1, 'firstName', 'delimiter_in_text']]],
  ])('refuses %s by its field', (_, change, expected) => {
    expect(codesOf(issuesOf(() => writeEnrollment834(sample(change))))).toEqual(expected);
  });

  it('refuses members of a file of changes that do not say what changes', () => {
    const enrollment = sample();
    const error = issuesOf(() =>
      writeEnrollment834({ ...enrollment, content: 'changes', members: enrollment.members.slice(1, 2) }),
    );
    expect(codesOf(error)).toContainEqual([1, 'change', 'required_element_missing']);
  });

  it('refuses dependents before their subscriber', () => {
    const enrollment = sample();
    const members = enrollment.members.toReversed();
    const error = issuesOf(() => writeEnrollment834({ ...enrollment, members }));
    expect(codesOf(error)).toContainEqual([2, 'relationship', 'dependent_before_subscriber']);
  });

  it.each([{ element: 'A' }, { element: ':' }, { component: ' ' }, { segment: '' }, { segment: '~~' }])(
    'refuses the delimiters %j',
    (delimiters) => {
      expect(codesOf(issuesOf(() => writeEnrollment834(sample(), { delimiters })))).toEqual([
        [null, 'delimiters', 'delimiters_not_usable'],
      ]);
    },
  );

  it('refuses ids that have a delimiter', () => {
    const enrollment = { ...sample(), sender: { qualifier: 'ZZ', id: 'A.B' } };
    const error = issuesOf(() => writeEnrollment834(enrollment, { delimiters: { component: '.' } }));
    expect(codesOf(error)).toContainEqual([null, 'sender.id', 'delimiter_in_text']);
  });

  it('writes accents as plain letters, and capitals only, when asked to', () => {
    const text = writeEnrollment834(sample({ firstName: 'Zoé Ångström', lastName: 'Œuvre Łódź' }), {
      accents: 'strip',
      characterSet: 'basic',
    });
    expect(text).toContain('NM1*IL*1*OEUVRE LODZ*ZOE ANGSTROM*');
    expect(read834(text)[0]?.members[0]?.firstName).toBe('ZOE ANGSTROM');
  });

  it('refuses what is no enrollment at all', () => {
    for (const input of [null, undefined, 3, [], {}, { members: [null] }]) {
      expect(issuesOf(() => writeEnrollment834(input)).issues.length).toBeGreaterThan(0);
    }
  });
});
