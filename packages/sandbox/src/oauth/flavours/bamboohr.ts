import { Refusal } from '../refusal.ts';
import type { Flavour } from '../side.ts';

/** BambooHR has one address for several things, and wants to hear which. */
export const bamboohr: Flavour = {
  checkAuthorization: (parameters) =>
    parameters.get('request') === 'authorize' ? null : new Refusal('malformed'),
};
