import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its header and its action: `issues.opened`. */
export const normalizeGithub = passingOn(
  (payload, { headers }) => {
    const event = headers['x-github-event'];
    const action = textAt(payload, 'action');
    return event && action ? `${event}.${action}` : (event ?? action);
  },
  (_payload, { headers }) => [headers['x-github-delivery']],
);
