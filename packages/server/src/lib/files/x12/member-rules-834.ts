import type { FileFinding } from '@trunkline/contract/files';
import { finding } from '../finding.ts';
import { lookOfSsn } from '../ssn.ts';
import { elementOf } from './envelope.ts';
import type { MemberSegments } from './members-834.ts';
import type { X12Segment } from './parse.ts';

/** The code of the subscriber among the relationships. */
const self = '18';
const terminated = '024';
const audit = '030';

/** What the members of a transaction say about each other and about themselves. */
export function checkMembers(members: readonly MemberSegments[], bgn: X12Segment | null): FileFinding[] {
  const findings: FileFinding[] = [];
  const action = bgn ? elementOf(bgn, 8) : '';
  const created = bgn ? elementOf(bgn, 3) : '';
  const lastSubscriber = new Map<string, number>();
  for (const member of members) {
    if (elementOf(member.ins, 2) === self) lastSubscriber.set(member.subscriberNumber, member.number);
  }
  const seenSubscribers = new Set<string>();
  const seenPeople = new Set<string>();

  for (const member of members) {
    const { ins, number } = member;
    const report = (
      severity: FileFinding['severity'],
      code: string,
      at: X12Segment,
      element: string | null,
      message: string,
    ) =>
      findings.push(
        finding(severity, code, message, { segment: at.id, position: at.position, element, member: number }),
      );
    const isSubscriber = elementOf(ins, 2) === self;
    const change = elementOf(ins, 3);

    if ((elementOf(ins, 1) === 'Y') !== isSubscriber) {
      report(
        'error',
        'subscriber_flag_wrong',
        ins,
        'INS01',
        'INS01 is Y for a subscriber (INS02 = 18) and N for everybody else.',
      );
    }
    if (isSubscriber && elementOf(ins, 8) === '') {
      report(
        'error',
        'employment_status_missing',
        ins,
        'INS08',
        'A subscriber needs an employment status (INS08).',
      );
    }
    if (isSubscriber) {
      if (seenSubscribers.has(member.subscriberNumber)) {
        report(
          'error',
          'subscriber_repeated',
          ins,
          null,
          'A subscriber with the same number (REF 0F) is in the file already.',
        );
      }
      seenSubscribers.add(member.subscriberNumber);
    } else if (!seenSubscribers.has(member.subscriberNumber)) {
      if (lastSubscriber.has(member.subscriberNumber)) {
        report(
          'error',
          'dependent_before_subscriber',
          ins,
          null,
          'A dependent comes before the subscriber; the subscriber must come first.',
        );
      } else if (action !== '2') {
        report(
          'error',
          'subscriber_missing',
          ins,
          null,
          'The subscriber of a dependent is not in the file, which says that it holds everybody.',
        );
      }
    }
    const person = identityOf(member);
    if (person !== null) {
      if (seenPeople.has(person)) {
        report(
          'error',
          'member_repeated',
          ins,
          null,
          'The same person (subscriber number, relationship, name, birth date) is in the file already.',
        );
      }
      seenPeople.add(person);
    }

    if (action === '4' && change !== audit && change !== terminated) {
      report(
        'warning',
        'change_in_full_file',
        ins,
        'INS03',
        'A full file (BGN08 = 4) says 030 for its members, or 024 where the cover has ended.',
      );
    }
    if (action === '2' && change === audit) {
      report(
        'warning',
        'audit_in_change_file',
        ins,
        'INS03',
        'A file of changes (BGN08 = 2) says what changes; 030 is for full files.',
      );
    }
    checkDates(member, created, report);
    checkIdentity(member, report);
    checkCoverages(member, change, report);
  }
  return findings;
}

type Report = (
  severity: FileFinding['severity'],
  code: string,
  at: X12Segment,
  element: string | null,
  message: string,
) => void;

function identityOf({ ins, name, demographics, subscriberNumber }: MemberSegments): string | null {
  if (!name) return null;
  const birth = demographics ? elementOf(demographics, 2) : '';
  return [
    subscriberNumber,
    elementOf(ins, 2),
    elementOf(name, 3),
    elementOf(name, 4),
    elementOf(name, 5),
    birth,
  ]
    .join('\0')
    .toUpperCase();
}

function checkDates({ demographics, dates, ins }: MemberSegments, created: string, report: Report): void {
  const birth = demographics ? elementOf(demographics, 2) : '';
  if (demographics && created !== '' && birth > created) {
    report(
      'error',
      'birth_date_ahead',
      demographics,
      'DMG02',
      'The birth date lies after the date of the file.',
    );
  }
  const death = elementOf(ins, 12);
  if (death !== '' && birth !== '' && death < birth) {
    report('error', 'death_before_birth', ins, 'INS12', 'The date of death lies before the birth date.');
  }
  for (const [from, to, what] of [
    ['336', '337', 'employment'],
    ['356', '357', 'eligibility'],
    ['340', '341', 'COBRA'],
  ] as const) {
    const start = dateOf(dates, from);
    const end = dateOf(dates, to);
    if (start && end && elementOf(end, 3) < elementOf(start, 3)) {
      report('error', 'ends_before_it_begins', end, 'DTP03', `The ${what} ends before it begins.`);
    }
  }
}

function checkIdentity({ name }: MemberSegments, report: Report): void {
  if (!name || elementOf(name, 8) !== '34') return;
  const number = elementOf(name, 9);
  if (!/^\d{9}$/.test(number)) {
    report(
      'error',
      'ssn_not_nine_digits',
      name,
      'NM109',
      'A social security number has nine digits, without dashes.',
    );
    return;
  }
  const look = lookOfSsn(number);
  if (look === 'never_issued') {
    report('warning', 'ssn_never_issued', name, 'NM109', 'No social security number looks like this one.');
  } else if (look === 'itin') {
    report(
      'warning',
      'ssn_begins_with_9',
      name,
      'NM109',
      'No social security number begins with 9; it may be a taxpayer number (ITIN).',
    );
  } else if (look === 'example') {
    report('info', 'ssn_of_example', name, 'NM109', 'The number is one of those that are kept for examples.');
  }
}

function checkCoverages({ ins, coverages, dates }: MemberSegments, change: string, report: Report): void {
  for (const { hd, dates: ownDates } of coverages) {
    const start = dateOf(ownDates, '348');
    const end = dateOf(ownDates, '349');
    if (start && end && elementOf(end, 3) < elementOf(start, 3)) {
      report('error', 'ends_before_it_begins', end, 'DTP03', 'The coverage ends before it begins.');
    }
    const added = ['021', '030'].includes(elementOf(hd, 1));
    if (added && !start) {
      report('warning', 'coverage_start_missing', hd, null, 'A coverage has no first day (DTP 348).');
    }
    if (elementOf(hd, 1) === terminated && !end) {
      report(
        'error',
        'coverage_end_missing',
        hd,
        null,
        'A coverage is ended without its last day (DTP 349).',
      );
    }
  }
  const ends = ['349', '357', '337', '341'];
  const hasEnd = [...dates, ...coverages.flatMap(({ dates: own }) => own)].some((date) =>
    ends.includes(elementOf(date, 1)),
  );
  if (change === terminated && !hasEnd) {
    report('error', 'end_date_missing', ins, null, 'A member is terminated, and no date says when.');
  }
  if (change === '021' && coverages.length === 0) {
    report('warning', 'nothing_covered', ins, null, 'A member is added without any coverage (HD).');
  }
}

function dateOf(dates: readonly X12Segment[], qualifier: string): X12Segment | undefined {
  return dates.find((date) => elementOf(date, 1) === qualifier);
}
