import { loop, many, segment } from './guide.ts';
import type { LoopRule, SegmentRule } from './guide.ts';

/*
 * The benefit enrollment transaction, 834 of version 005010X220A1, between its ST and SE. Lengths are those of the
 * standard's elements; codes are those that the guide allows.
 */

export const version834 = '005010X220A1';
export const functionalCode834 = 'BE';

const yesNo = 'ID 1-1 N Y';
const maintenanceReasons =
  '01 02 03 04 05 06 07 08 09 10 11 14 15 16 17 18 20 21 22 25 26 27 28 29 31 32 33 37 38 39 40 41 43 59 ' +
  'AA AB AC AD AE AF AG AH AI AJ AL EC XN XT';
const relationships =
  '01 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 23 24 25 26 31 38 53 60 D2 G8 G9';
/** States and territories of the US, its military mail, and provinces of Canada. */
const states =
  'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR ' +
  'PA RI SC SD TN TX UT VT VA WA WV WI WY AS FM GU MH MP PW PR VI UM AA AE AP ' +
  'AB BC MB NB NL NS NT NU ON PE QC SK YT';
const amountKinds = 'B9 C1 D2 EBA FK P3 R';
const contactKinds = 'AP BN CP EM EX FX HP TE WP';

function reference(name: string, use: 'R' | 'S', max: number, codes: string): SegmentRule {
  return segment('REF R0203', name, use, max, `R ID 2-3 ${codes}`, 'R AN 1-50', 'N', 'N');
}

function dates(name: string, use: 'R' | 'S', max: number, codes: string, formats = 'D8'): SegmentRule {
  return segment('DTP', name, use, max, `R ID 3-3 ${codes}`, `R ID 2-3 ${formats}`, 'R DP 1-35');
}

function street(name: string, use: 'R' | 'S', max = 1): SegmentRule {
  return segment('N3', `street of ${name}`, use, max, 'R AN 1-55', 'S AN 1-55');
}

function city(name: string, use: 'R' | 'S', location = 'N'): SegmentRule {
  return segment(
    'N4 E0207 C0605 C0704',
    `city of ${name}`,
    use,
    1,
    'R AN 2-30',
    `S ID 2-2 ${states}`,
    'S ID 3-15',
    'S ID 2-3',
    location === 'N' ? 'N' : `S ID 1-2 ${location}`,
    location === 'N' ? 'N' : 'S AN 1-30',
    'S ID 1-3',
  );
}

function contact(name: string, code: string, max = 1): SegmentRule {
  return segment(
    'PER P0304 P0506 P0708',
    `contact of ${name}`,
    'S',
    max,
    `R ID 2-2 ${code}`,
    'N',
    `R ID 2-2 ${contactKinds}`,
    'R AN 1-256',
    `S ID 2-2 ${contactKinds}`,
    'S AN 1-256',
    `S ID 2-2 ${contactKinds}`,
    'S AN 1-256',
    'N',
  );
}

/** Elements of a person's NM1 from the first name on. */
const restOfName = ['S AN 1-35', 'S AN 1-25', 'S AN 1-10', 'S AN 1-10'];

function amounts(name: string, max: number): SegmentRule {
  return segment('AMT', name, 'S', max, `R ID 1-3 ${amountKinds}`, 'R R 1-18', 'N');
}

function demographics(name: string, use: 'R' | 'S', inner: 'R' | 'S'): SegmentRule {
  return segment(
    'DMG P0102 P1011 C1105',
    name,
    use,
    1,
    `${inner} ID 2-3 D8`,
    `${inner} DP 1-35`,
    `${inner} ID 1-1 F M U`,
    'S ID 1-1 B D I M R S U W X',
    'S C',
    'S ID 1-2 1 2 3 4 5 6 7',
    'N',
    'N',
    'N',
    'S ID 1-3 REC',
    'S AN 1-30',
  );
}

function party(code: string, name: string, nameUse: 'R' | 'S', qualifiers: string): SegmentRule {
  return segment(
    'N1 R0203 P0304',
    name,
    'R',
    1,
    `R ID 2-3 ${code}`,
    `${nameUse} AN 1-60`,
    `R ID 1-2 ${qualifiers}`,
    'R AN 2-80',
    'N',
    'N',
  );
}

function related(
  id: string,
  name: string,
  max: number,
  codes: string,
  entity: string,
  contactCode: string,
): LoopRule {
  return loop(
    id,
    name,
    'S',
    max,
    segment(
      'NM1 P0809 C1110 C1203',
      `name of ${name}`,
      'R',
      1,
      `R ID 2-3 ${codes}`,
      `R ID 1-1 ${entity}`,
      'S AN 1-60',
      ...restOfName,
      'S ID 1-2 24 34 ZZ',
      'S AN 2-80',
      'N',
      'N',
      'N',
    ),
    contact(name, contactCode),
    street(name, 'S'),
    city(name, 'S'),
  );
}

const memberName = loop(
  '2100A',
  'member name',
  'R',
  1,
  segment(
    'NM1 P0809 C1110 C1203',
    'member name',
    'R',
    1,
    'R ID 2-3 74 IL',
    'R ID 1-1 1',
    'R AN 1-60',
    ...restOfName,
    'S ID 1-2 34 ZZ',
    'S AN 2-80',
    'N',
    'N',
    'N',
  ),
  contact('the member', 'IP'),
  street('the member', 'S'),
  city('the member', 'S', '60 CY'),
  demographics('birth date and gender of the member', 'S', 'R'),
  segment(
    'EC',
    'employment class',
    'S',
    many,
    'R ID 2-3 01 02 03 04 05 06 07 08 09 10 11 12 17 18 19 20 21 22 23',
    'S ID 2-3',
    'S ID 2-3',
    'N',
    'N',
    'N',
  ),
  segment(
    'ICM',
    'income',
    'S',
    1,
    'R ID 1-1 1 2 3 4 6 7 8 9 B C H Q S U',
    'R R 1-18',
    'S R 1-15',
    'S AN 1-30',
    'S AN 1-5',
    'N',
  ),
  amounts('amounts of the member', 7),
  segment(
    'HLH',
    'health of the member',
    'S',
    1,
    'R ID 1-1 N S T U X',
    'S R 1-8',
    'S R 1-10',
    'N',
    'N',
    'N',
    'N',
  ),
  segment(
    'LUI P0102 L040203',
    'language of the member',
    'S',
    many,
    'S ID 1-2 LD LE',
    'S AN 2-80',
    'S AN 1-80',
    'S ID 1-2 5 6 7 8',
    'N',
  ),
);

const previousName = loop(
  '2100B',
  'previous name of the member',
  'S',
  1,
  segment(
    'NM1 P0809 C1110 C1203',
    'previous name of the member',
    'R',
    1,
    'R ID 2-3 70',
    'R ID 1-1 1',
    'R AN 1-60',
    ...restOfName,
    'S ID 1-2 34 ZZ',
    'S AN 2-80',
    'N',
    'N',
    'N',
  ),
  demographics('previous birth date and gender of the member', 'S', 'S'),
);

const mailingAddress = loop(
  '2100C',
  'mailing address',
  'S',
  1,
  segment('NM1', 'mailing address', 'R', 1, 'R ID 2-3 31', 'R ID 1-1 1', ...Array<string>(10).fill('N')),
  street('the mailing address', 'R'),
  city('the mailing address', 'R'),
);

const provider = loop(
  '2310',
  'provider of care',
  'S',
  30,
  segment('LX', 'provider of care', 'R', 1, 'R N0 1-6'),
  segment(
    'NM1 P0809 C1110 C1203',
    'name of the provider of care',
    'R',
    1,
    'R ID 2-3 1X 3D 80 FA OD P3 QA QN Y2',
    'R ID 1-1 1 2',
    'S AN 1-60',
    ...restOfName,
    'S ID 1-2 34 FI SV XX',
    'S AN 2-80',
    'R ID 2-2 25 26 72',
    'N',
    'N',
  ),
  street('the provider of care', 'S', 2),
  city('the provider of care', 'S'),
  contact('the provider of care', 'IC', 2),
  segment(
    'PLA',
    'change of the provider of care',
    'S',
    1,
    'R ID 1-2 2',
    'R ID 2-3 1P',
    'R DT 8-8',
    'N',
    'R ID 2-3 14 22 46 AA AB AC AD AE AF AG AH AI AJ',
  ),
);

const otherInsurance = loop(
  '2320',
  'other insurance',
  'S',
  5,
  segment(
    'COB',
    'other insurance',
    'R',
    1,
    'R ID 1-1 P S T U',
    'S AN 1-50',
    'R ID 1-1 1 5 6',
    'S ID 1-2 1 35 48 50 54 89 90 A4 AG AL BB',
  ),
  reference('number at the other insurance', 'S', 4, '60 6P SY ZZ'),
  dates('dates of the other insurance', 'S', 2, '344 345'),
  loop(
    '2330',
    'other insurer',
    'S',
    3,
    segment(
      'NM1 P0809 C1110 C1203',
      'other insurer',
      'R',
      1,
      'R ID 2-3 36 GW IN',
      'R ID 1-1 2',
      'S AN 1-60',
      'N',
      'N',
      'N',
      'N',
      'S ID 1-2 FI NI XV',
      'S AN 2-80',
      'N',
      'N',
      'N',
    ),
    street('the other insurer', 'S'),
    city('the other insurer', 'S'),
    contact('the other insurer', 'CN'),
  ),
);

const coverage = loop(
  '2300',
  'coverage',
  'S',
  99,
  segment(
    'HD',
    'coverage',
    'R',
    1,
    'R ID 3-3 001 002 021 024 025 026 030 032',
    'N',
    'R ID 2-3 AG AH AJ AK DCP DEN EPO FAC HE HLT HMO LTC LTD MM MOD PDG POS PPO PRA STD UR VIS',
    'S AN 1-50',
    'S ID 3-3 CHD DEP E1D E2D E3D E5D E6D E7D E8D E9D ECH EMP ESP FAM IND SPC SPO TWO',
    'N',
    'N',
    'N',
    `S ${yesNo}`,
    'N',
    'N',
  ),
  dates('dates of the coverage', 'R', 6, '300 303 343 348 349 543 695', 'D8 RD8'),
  amounts('amounts of the coverage', 9),
  reference('numbers of the coverage', 'S', 14, '17 1L 9V CE E8 M7 PID RB X9 XM XX1 XX2 ZX ZZ'),
  reference('months of earlier coverage', 'S', 1, 'QQ'),
  segment('IDC', 'identification card', 'S', 3, 'R AN 1-50', 'R ID 1-1 D H P', 'S R 1-15', 'S ID 1-2 1 2 RX'),
  provider,
  otherInsurance,
);

const reporting = loop(
  'LS',
  'reporting categories',
  'S',
  1,
  segment('LS', 'reporting categories', 'R', 1, 'R AN 1-4 2700'),
  loop(
    '2700',
    'reporting category',
    'S',
    many,
    segment('LX', 'reporting category', 'R', 1, 'R N0 1-6'),
    loop(
      '2750',
      'reporting category value',
      'S',
      1,
      segment('N1', 'name of the reporting category', 'R', 1, 'R ID 2-3 75', 'R AN 1-60', 'N', 'N', 'N', 'N'),
      reference(
        'value of the reporting category',
        'S',
        1,
        '00 17 18 19 26 3L 6M 9V 9X GE LU PID XX1 XX2 YY ZZ',
      ),
      dates('date of the reporting category', 'S', 1, '007', 'D8 RD8'),
    ),
  ),
  segment('LE', 'end of the reporting categories', 'R', 1, 'R AN 1-4 2700'),
);

const member = loop(
  '2000',
  'member',
  'R',
  many,
  segment(
    'INS P1112',
    'member',
    'R',
    1,
    `R ${yesNo}`,
    `R ID 2-2 ${relationships}`,
    'R ID 3-3 001 021 024 025 030',
    `S ID 2-3 ${maintenanceReasons}`,
    'R ID 1-1 A C S T',
    'S C',
    'S ID 1-2 1 10 2 3 4 5 6 7 8 9 ZZ',
    'S ID 2-2 AC AO AU FT L1 PT RT TE',
    'S ID 1-1 F N P',
    `S ${yesNo}`,
    'S ID 2-3 D8',
    'S DP 1-35',
    'S ID 1-1 R U',
    'N',
    'N',
    'N',
    'S N0 1-9',
  ),
  reference('subscriber number', 'R', 1, '0F'),
  reference('group or policy number', 'S', 1, '1L'),
  reference('other numbers of the member', 'S', 13, '17 23 3H 4A 6O ABB D3 DX F6 P5 Q4 QQ ZZ'),
  dates(
    'dates of the member',
    'S',
    24,
    '050 286 296 297 300 301 303 336 337 338 339 340 341 350 351 356 357 383 385 386 393 394 473 474',
  ),
  memberName,
  previousName,
  mailingAddress,
  related('2100D', 'employer', 3, '36', '1 2', 'EP'),
  related('2100E', 'school', 3, 'M8', '2', 'SK'),
  related('2100F', 'custodial parent', 1, 'S3', '1', 'PQ'),
  related('2100G', 'responsible person', 13, '6Y 9K E1 EI EXS GB GD J6 LR QD S1 TZ X4', '1', 'RP'),
  related('2100H', 'drop-off location', 1, '45', '1', 'IC'),
  loop(
    '2200',
    'disability',
    'S',
    many,
    segment(
      'DSB P0708',
      'disability',
      'R',
      1,
      'R ID 1-1 1 2 3 4',
      'N',
      'N',
      'N',
      'N',
      'N',
      'S ID 2-2 DX ZZ',
      'S AN 1-15',
    ),
    dates('dates of the disability', 'S', 2, '360 361'),
  ),
  coverage,
  reporting,
);

/** What stands between ST and SE; the BGN begins it. */
export const guide834 = loop(
  'transaction',
  'enrollment',
  'R',
  1,
  segment(
    'BGN C0504',
    'beginning',
    'R',
    1,
    'R ID 2-2 00 15 22',
    'R AN 1-50',
    'R DT 8-8',
    'R TM 4-8',
    'S ID 2-2',
    'S AN 1-50',
    'N',
    'R ID 1-2 2 4 RX',
    'N',
  ),
  reference('master policy number', 'S', 1, '38'),
  dates('dates of the file', 'S', many, '007 090 091 303 382 388'),
  segment('QTY', 'totals of the file', 'S', 3, 'R ID 2-2 DT ET TO', 'R R 1-15', 'N', 'N'),
  loop('1000A', 'sponsor', 'R', 1, party('P5', 'sponsor', 'S', '24 94 FI')),
  loop('1000B', 'payer', 'R', 1, party('IN', 'payer', 'S', '94 FI XV')),
  loop(
    '1000C',
    'broker or administrator',
    'S',
    2,
    party('BO TV', 'broker or administrator', 'R', '94 FI XV'),
    loop(
      '1100C',
      'account of the broker',
      'S',
      1,
      segment(
        'ACT',
        'account of the broker',
        'R',
        1,
        'R AN 1-35',
        'N',
        'N',
        'N',
        'N',
        'S AN 1-35',
        'N',
        'N',
        'N',
      ),
    ),
  ),
  member,
);
