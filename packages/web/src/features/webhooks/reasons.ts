/** Why a control is locked, one sentence a permission. */
export const lockedReasons = {
  write: 'Viewers do not change webhooks. Ask an administrator.',
  test: 'Viewers do not send test events. Ask an administrator.',
  replay: 'Viewers do not send deliveries again. Ask an administrator.',
  delete: 'Only a system administrator deletes webhooks.',
  secret: 'Viewers do not see signing secrets. Ask an administrator.',
} as const;
