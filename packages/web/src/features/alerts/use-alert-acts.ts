import {
  acknowledgeAlert,
  getAlert,
  listAlerts,
  resolveAlert,
  snoozeAlert,
} from '@trunkline/contract/alerts';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';

const options = { invalidates: [listAlerts, getAlert], onError: notifyError };

/** Why a viewer cannot act. */
export const mayNotAct = 'Viewers see alerts; an administrator acts on them.';

/** What a person does with alerts; refusals are shown. */
export function useAlertActs() {
  return {
    acknowledge: useOperationMutation(acknowledgeAlert, options),
    snooze: useOperationMutation(snoozeAlert, options),
    resolve: useOperationMutation(resolveAlert, options),
  };
}
