/** Why a control is locked, one sentence a permission. */
export const lockedReasons = {
  write: 'Viewers do not change inbound webhooks. Ask an administrator.',
  delete: 'Only a system administrator deletes sources.',
  settings: 'Only a system administrator changes what holds for all sources.',
} as const;
