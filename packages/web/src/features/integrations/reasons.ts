/** Why a control is locked, one sentence a permission. */
export const lockedReasons = {
  write: 'Viewers do not connect or change integrations. Ask an administrator.',
  disconnect: 'Only a system administrator disconnects integrations.',
  secret: 'Only a system administrator sees stored secrets.',
  curate: 'Only a system administrator chooses what the catalog shows.',
  custom: 'Only a system administrator adds providers.',
  files: 'Viewers neither read nor write the files of a partner. Ask an administrator.',
  app: 'Only a system administrator sets up the app at a provider.',
} as const;
