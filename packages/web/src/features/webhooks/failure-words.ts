import type { AttemptErrorCode } from '@trunkline/contract/deliveries';

export interface FailureWords {
  /** What the endpoint did: `answers 401`, continuing "The endpoint …". */
  what: string;
  /** What most likely causes it and where to look. */
  cause: string;
  /** Where it is put right: a setting of the webhook, or the receiver itself. */
  fix: 'url' | 'secret' | 'receiver';
}

function ofStatus(status: number): FailureWords {
  const what = `answers ${status}`;
  if (status === 401 || status === 403) {
    return {
      what,
      cause: 'It refuses the signature or the sender. Check the signing secret that it uses.',
      fix: 'secret',
    };
  }
  if (status === 404)
    return { what, cause: 'Nothing is at this address. Check the path of the URL.', fix: 'url' };
  if (status === 405)
    return { what, cause: 'It does not take POST requests at this address. Check the URL.', fix: 'url' };
  if (status === 413)
    return { what, cause: 'It refuses bodies of this size. Raise its limit.', fix: 'receiver' };
  if (status === 429)
    return { what, cause: 'It gets more requests than it takes. Longer retry delays help.', fix: 'receiver' };
  if (status >= 500) {
    return { what, cause: 'Something is wrong inside the receiver. Its own log says what.', fix: 'receiver' };
  }
  if (status >= 300 && status < 400) {
    return { what, cause: 'It redirects, and deliveries do not follow. Enter the final URL.', fix: 'url' };
  }
  return { what, cause: 'It refuses the request. The response may say why.', fix: 'receiver' };
}

const byCode: Record<Exclude<AttemptErrorCode, 'http_error'>, FailureWords> = {
  gone: { what: 'answers 410', cause: 'It says that it is gone for good.', fix: 'url' },
  timeout: {
    what: 'does not answer in time',
    cause: 'It should answer first and do slow work afterwards.',
    fix: 'receiver',
  },
  dns: {
    what: 'has no address',
    cause: 'The host name does not resolve. Check its spelling and its DNS.',
    fix: 'url',
  },
  connect: {
    what: 'accepts no connection',
    cause: 'It is down, or a firewall is in between.',
    fix: 'receiver',
  },
  tls: {
    what: 'has no trusted TLS certificate',
    cause: 'The certificate has expired, is for another name, or lacks its chain.',
    fix: 'receiver',
  },
  reset: {
    what: 'cuts the connection',
    cause: 'It, or a proxy before it, ends the request half-way.',
    fix: 'receiver',
  },
  too_large: {
    what: 'answers too much',
    cause: 'A short answer is enough: 200 with an empty body.',
    fix: 'receiver',
  },
  blocked: {
    what: 'is at a private or reserved address',
    cause: 'Such addresses are not called. Use a public one, or have the operator allow it.',
    fix: 'url',
  },
  protocol: {
    what: 'does not speak valid HTTP',
    cause: 'Another service may listen on this port.',
    fix: 'url',
  },
  crashed: {
    what: 'was not reached',
    cause: 'The delivery was taken several times without a recorded attempt.',
    fix: 'receiver',
  },
};

/** A failed attempt in plain words. `status` 0 or null = no answer. */
export function failureWords(code: AttemptErrorCode, status: number | null): FailureWords {
  return code === 'http_error' ? ofStatus(status ?? 0) : byCode[code];
}

/** The class of an error as a short label: `HTTP 500`, `Timeout`. */
export function errorLabel(code: AttemptErrorCode, status: number | null): string {
  const labels: Record<AttemptErrorCode, string> = {
    http_error: `HTTP ${status ?? 0}`,
    gone: 'Gone (410)',
    timeout: 'Timeout',
    dns: 'No address (DNS)',
    connect: 'No connection',
    tls: 'TLS certificate',
    reset: 'Connection cut',
    too_large: 'Answer too large',
    blocked: 'Address not allowed',
    protocol: 'Not HTTP',
    crashed: 'Never sent',
  };
  return labels[code];
}
