import { listAt, textAt } from '../../providers/adapters/adapter.ts';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { jsonBody } from '../json-body.ts';
import { sameText } from '../same-text.ts';

/** Nothing is signed: every notice has to carry the text that the subscription was made with. */
export const checkMicrosoft: Verifier = (_scheme, { body }, { keys }) => {
  const notices = listAt(jsonBody(body), 'value');
  if (notices.length === 0) return refuse('not_a_webhook');
  const states = notices.map((notice) => textAt(notice, 'clientState'));
  if (states.some((state) => !state)) return refuse('no_signature');
  return checkedBy(keys, (key) => states.every((state) => sameText(state ?? '', key)));
};
