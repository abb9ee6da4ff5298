import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../finding.ts';
import { enrollments, withoutUndefined } from './enrollment.fixture.ts';
import { read834 } from './read-834.ts';
import { validate834 } from './validate-834.ts';
import { writeEnrollment834 } from './write-834.ts';

const delimiters = fc.constantFrom(
  {},
  { lineEnd: '\r\n' as const },
  { element: '~', segment: '*', component: ':', repetition: '^' },
  { segment: '\n' },
  { element: '\u{1D}', component: '\u{1F}', repetition: '\u{1E}', segment: '\u{1C}' },
);

describe('an enrollment file', () => {
  it('has no errors for its own check and reads back as it was written', () => {
    fc.assert(
      fc.property(enrollments, delimiters, (enrollment, chosen) => {
        const text = writeEnrollment834(enrollment, { delimiters: chosen });
        expect(validate834(text).filter(({ severity }) => severity === 'error')).toEqual([]);
        const [read, ...others] = read834(text);
        expect(others).toEqual([]);
        expect(read?.unread).toEqual([]);
        expect(read?.members).toEqual(withoutUndefined(enrollment.members));
        const { sponsor, payer, broker, sender, receiver } = enrollment;
        expect(withoutUndefined(read)).toMatchObject(
          withoutUndefined({
            sender,
            receiver,
            controlNumber: enrollment.controlNumber,
            groupControlNumber: enrollment.controlNumber,
            transactionControlNumber: '0001',
            test: enrollment.test,
            reference: enrollment.reference,
            createdOn: enrollment.createdAt.slice(0, 10),
            purpose: enrollment.purpose,
            content: enrollment.content,
            effectiveDate: enrollment.effectiveDate,
            masterPolicyNumber: enrollment.masterPolicyNumber,
            sponsor: { name: sponsor.name, id: sponsor.taxId },
            payer: { name: payer.name, id: payer.taxId },
            broker: broker ? { name: broker.name, id: broker.taxId } : null,
          }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('is found wrong when any of its segments is missing', () => {
    fc.assert(
      fc.property(enrollments, fc.nat(), (enrollment, seed) => {
        const lines = writeEnrollment834(enrollment, { delimiters: { lineEnd: '\n' } })
          .trimEnd()
          .split('\n');
        const at = 1 + (seed % (lines.length - 1));
        const text = lines.toSpliced(at, 1).join('\n');
        // The count of SE tells at least.
        expect(hasErrors(validate834(text))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('never makes the check fail, whatever characters are changed', () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(
        enrollments,
        fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 8 }),
        (enrollment, changes) => {
          let text = writeEnrollment834(enrollment);
          for (const [seed, by] of changes) {
            const at = seed % text.length;
            text = text.slice(0, at) + by + text.slice(at + 1);
          }
          for (const { code } of validate834(text)) codes.add(code);
        },
      ),
      { numRuns: 100 },
    );
    expect(codes.size).toBeGreaterThan(5);
  });
});
