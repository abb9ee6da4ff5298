import { many, segment } from './guide.ts';

/* The envelope of every X12 file of version 005010: interchange, group, transaction. */

const partyQualifiers = '01 14 20 27 28 29 30 33 ZZ';

export const isaRule = segment(
  'ISA',
  'head of the interchange',
  'R',
  1,
  'R ID 2-2 00 03',
  'R AN 10-10',
  'R ID 2-2 00 01',
  'R AN 10-10',
  `R ID 2-2 ${partyQualifiers}`,
  'R AN 15-15',
  `R ID 2-2 ${partyQualifiers}`,
  'R AN 15-15',
  'R DT 6-6',
  'R TM 4-4',
  // Separators, which the parser checks.
  'R C',
  'R ID 5-5 00501',
  'R N0 9-9',
  'R ID 1-1 0 1',
  'R ID 1-1 P T',
  'R C',
);

export const ieaRule = segment('IEA', 'end of the interchange', 'R', 1, 'R N0 1-5', 'R N0 9-9');

/** The head of a group of one kind (`BE` enrollments, `FA` acknowledgements) and version. */
export function gsRule(functionalCode: string, version: string) {
  return segment(
    'GS',
    'head of the group',
    'R',
    many,
    `R ID 2-2 ${functionalCode}`,
    'R AN 2-15',
    'R AN 2-15',
    'R DT 8-8',
    'R TM 4-8',
    'R N0 1-9',
    'R ID 1-2 X',
    `R AN 1-12 ${version}`,
  );
}

export const geRule = segment('GE', 'end of the group', 'R', many, 'R N0 1-6', 'R N0 1-9');

/** The head of a transaction of one kind and version. */
export function stRule(kind: string, version: string) {
  return segment(
    'ST',
    'head of the transaction',
    'R',
    many,
    `R ID 3-3 ${kind}`,
    'R AN 4-9',
    `R AN 1-35 ${version}`,
  );
}

export const seRule = segment('SE', 'end of the transaction', 'R', many, 'R N0 1-10', 'R AN 4-9');
