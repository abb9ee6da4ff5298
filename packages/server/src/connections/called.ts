/** Where a call went, and the id by which the provider's support finds it. */
export interface Called {
  host: string | null;
  requestId: string | null;
}

/** What providers call the id of a request in their answers. */
const names = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-slack-req-id',
  'twilio-request-id',
  'x-ms-request-id',
  'x-sfdc-request-id',
  'x-hubspot-correlation-id',
  'x-zm-trackingid',
  'x-correlation-id',
  'cf-ray',
];

/** Anything else is no id, whatever its header says. */
const id = /^[\w.:/+=@-]{4,100}$/;

/** What an answer says of the call that went to `url`. */
export function calledAt(url: string, headers: Readonly<Record<string, string>> = {}): Called {
  const requestId = names.map((name) => headers[name]).find((value) => value !== undefined && id.test(value));
  return { host: new URL(url).host, requestId: requestId ?? null };
}
