import type { CredentialField, ErrorRule, SettingField } from '../provider.ts';

/* What every carrier that takes ASC X12 834 files asks for and answers in the same words. */

export const isaReceiverId: CredentialField = {
  key: 'isaReceiverId',
  label: 'ISA receiver ID',
  secret: false,
  help: 'Names the carrier in the file; it stands in the companion guide or the trading partner set-up.',
  example: 'CARRIER01',
  level: 'account',
  pattern: /^[A-Za-z0-9 ._-]{1,15}$/,
};

export const x12Errors: readonly [ErrorRule, ...ErrorRule[]] = [
  {
    contains: 'IK5*R',
    fault: 'badInput',
    title: 'The carrier rejected the file (999)',
    cause: 'The syntax is wrong, or a required segment is missing.',
    fix: 'Correct the segment that the IK3 and IK4 lines name, and send the file again.',
  },
  {
    contains: 'AK9*R',
    fault: 'badInput',
    title: 'The carrier rejected the group (999)',
    cause: 'None of the file was taken, because of the errors that the acknowledgement lists.',
    fix: 'Correct what the acknowledgement names, and send the file again.',
  },
  {
    contains: 'TA1*',
    fault: 'config',
    title: 'The envelope was not accepted (TA1)',
    cause: 'The sender ID, the receiver ID or the control number is not what the carrier expects.',
    fix: 'Compare the IDs with the trading partner set-up; a control number is never used twice.',
  },
  {
    contains: 'terminated by mistake',
    fault: 'badInput',
    title: 'A member lost the cover by mistake',
    cause: 'The member was not in a full file, which the carrier reads as the end of the cover.',
    fix: 'Send every active member in each full file, and ask the carrier to restore the member.',
  },
];

export const carrierSettings: readonly SettingField[] = [
  {
    key: 'testMode',
    label: 'Test files',
    help: 'Marks files as a test (ISA15 = T) until the partner has accepted them.',
    type: 'switch',
    default: true,
  },
  {
    key: 'fileContent',
    label: 'What a file holds',
    help: 'As agreed with the carrier. A member who is missing in a full file may lose the cover.',
    type: 'select',
    options: [
      { value: 'full', label: 'All active members' },
      { value: 'changes', label: 'Changes only' },
    ],
    default: 'full',
  },
  {
    key: 'cadence',
    label: 'How often',
    help: 'As agreed with the carrier.',
    type: 'select',
    options: [
      { value: 'weekly', label: 'Every week' },
      { value: 'monthly', label: 'Every month' },
    ],
    default: 'weekly',
  },
];
