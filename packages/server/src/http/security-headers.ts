/** The UI needs nothing but its own files: no inline script or style, no other host. No page may frame it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "manifest-src 'self'",
];

/** Sent with every answer that does not set its own, whatever the public URL. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy.join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  // A window that a page opens for consent at a provider stays in its reach; whoever opens our pages gets no hold.
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
};

const yearSeconds = 365 * 24 * 60 * 60;

/**
 * The headers of an installation: where its public URL is https, browsers are also told to use nothing else for a year.
 * Not for names below it, which may be served by others, and not for the browsers' own list, which is hard to leave.
 */
export function securityHeadersOf(publicUrl: string): Readonly<Record<string, string>> {
  if (new URL(publicUrl).protocol !== 'https:') return securityHeaders;
  return { ...securityHeaders, 'strict-transport-security': `max-age=${yearSeconds}` };
}

/** The API documentation's component writes its own styles; only its page allows them. */
export const docsPolicy = policy
  .map((rule) => (rule.startsWith('style-src') ? "style-src 'self' 'unsafe-inline'" : rule))
  .join('; ');

/** The policy of a frame: as everywhere, except that pages of these origins may be around it. */
export function framePolicy(origins: readonly string[]): string {
  if (origins.length === 0) return policy.join('; ');
  return policy
    .map((rule) => (rule.startsWith('frame-ancestors') ? `frame-ancestors ${origins.join(' ')}` : rule))
    .join('; ');
}
