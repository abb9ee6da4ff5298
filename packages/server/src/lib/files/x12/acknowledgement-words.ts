/* What the codes of acknowledgements mean (TA1, 999, 997). */

/** TA105 */
export const interchangeNotes: Record<string, string> = {
  '000': 'Nothing is wrong.',
  '001': 'The control numbers of ISA and IEA differ.',
  '002': 'The standard that the ISA names is not supported.',
  '003': 'The version of the envelope is not supported.',
  '004': 'The segment terminator is not usable.',
  '005': 'The qualifier of the sender ID is not valid.',
  '006': 'The sender ID is not valid.',
  '007': 'The qualifier of the receiver ID is not valid.',
  '008': 'The receiver ID is not valid.',
  '009': 'The receiver ID is not known.',
  '010': 'The qualifier of the authorization is not valid.',
  '011': 'The authorization is not valid.',
  '012': 'The qualifier of the security information is not valid.',
  '013': 'The security information is not valid.',
  '014': 'The date of the interchange is not valid.',
  '015': 'The time of the interchange is not valid.',
  '016': 'The repetition separator or standards identifier is not valid.',
  '017': 'The version of the interchange is not valid.',
  '018': 'The control number of the interchange is not valid.',
  '019': 'The request for an acknowledgement is not valid.',
  '020': 'The mark for test or production is not valid, or the partner expects the other one.',
  '021': 'The number of groups is not valid.',
  '022': 'The structure of the envelope is not valid.',
  '023': 'The file ends too early.',
  '024': 'The content of the interchange is not valid, for example a GS segment.',
  '025': 'The control number was used before.',
  '026': 'The element separator is not usable.',
  '027': 'The component separator is not usable.',
  '028': 'The requested delivery date is not valid.',
  '029': 'The requested delivery time is not valid.',
  '030': 'The code of the requested delivery time is not valid.',
  '031': 'The grade of service is not valid.',
};

const security = 'A step of encryption or signature failed.';

/** AK905 to AK909 */
export const groupErrors: Record<string, string> = {
  '1': 'The kind of group is not supported.',
  '2': 'The version of the group is not supported.',
  '3': 'The end of the group (GE) is missing.',
  '4': 'The control numbers of GS and GE differ.',
  '5': 'The number of transactions is not the one that GE says.',
  '6': 'The control number of the group is not valid.',
  '10': security,
  '11': security,
  '12': security,
  '13': security,
  '14': security,
  '15': security,
  '16': security,
  '17': security,
  '18': security,
  '19': 'The control number of the group was used before.',
  '23': security,
  '24': security,
  '25': security,
  '26': security,
};

/** IK502 to IK506 */
export const transactionErrors: Record<string, string> = {
  '1': 'The kind of transaction is not supported.',
  '2': 'The end of the transaction (SE) is missing.',
  '3': 'The control numbers of ST and SE differ.',
  '4': 'The number of segments is not the one that SE says.',
  '5': 'One or more segments have errors.',
  '6': 'The kind of transaction is missing or not valid.',
  '7': 'The control number of the transaction is missing or not valid.',
  '8': security,
  '9': security,
  '10': security,
  '11': security,
  '12': security,
  '13': security,
  '15': security,
  '16': security,
  '17': security,
  '18': 'The transaction does not belong into this kind of group.',
  '19': security,
  '23': 'The control number of the transaction is there twice in its group.',
  '24': security,
  '25': security,
  '26': security,
  '27': security,
  I5: 'One or more segments do not follow the implementation guide.',
  I6: 'The implementation guide that ST names is not supported.',
};

/** IK304 */
export const segmentErrors: Record<string, string> = {
  '1': 'The partner does not know this segment.',
  '2': 'The segment was not expected here.',
  '3': 'A required segment is missing.',
  '4': 'The loop is there more often than it may be.',
  '5': 'The segment is there more often than it may be.',
  '6': 'The segment does not belong into this transaction.',
  '7': 'The segment is not in its place in the order.',
  '8': 'Elements of the segment have errors.',
  I4: 'The guide has no use for this segment.',
  I6: 'A segment is missing that this situation needs.',
  I7: 'The loop is there too few times.',
  I8: 'The segment is there too few times.',
  I9: 'The segment must not be there in this situation.',
};

/** IK403 */
export const elementErrors: Record<string, string> = {
  '1': 'It is required and missing.',
  '2': 'It is missing, and another element needs it.',
  '3': 'There are too many elements.',
  '4': 'It is too short.',
  '5': 'It is too long.',
  '6': 'It has a character that is not allowed.',
  '7': 'Its code is not valid.',
  '8': 'Its date is not valid.',
  '9': 'Its time is not valid.',
  '10': 'It must not be there together with another element.',
  '12': 'It is repeated too often.',
  '13': 'It has too many components.',
  I6: 'The guide does not use this code.',
  I9: 'It is missing, and this situation needs it.',
  I10: 'The guide has no use for it.',
  I11: 'It is repeated too few times.',
  I12: 'It does not have the form that the guide wants.',
  I13: 'It must not be there in this situation.',
};

/** The meaning of a code, and honest words for one that is not known. */
export function meaningOf(table: Record<string, string>, code: string): string {
  return table[code] ?? 'The partner gave a code without a known meaning.';
}
