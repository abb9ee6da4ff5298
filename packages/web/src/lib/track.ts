import type { BrowserEvent } from '@trunkline/contract/tracking-plan';

/** How long events are gathered before they are sent, ms. */
const gatherMs = 2_000;
/** More of them wait for nothing. */
const mostWaiting = 40;
/** What is called a narrow window, in px; as the styles have it. */
const narrowBelow = 760;

/** Null until it is known whether the organization records anything; what happens until then waits. */
let recording: boolean | null = null;
let waiting: BrowserEvent[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether this browser asks not to be followed (Global Privacy Control, Do Not Track). */
export function asksForPrivacy(
  browser: { globalPrivacyControl?: boolean; doNotTrack?: string | null } = navigator,
): boolean {
  return browser.globalPrivacyControl === true || browser.doNotTrack === '1';
}

/** Says whether events are recorded here; null: not known yet. What waited for another answer is dropped. */
export function setRecording(value: boolean | null): void {
  recording = value;
  if (value !== true) stopTimer();
  if (value === null || !value) waiting = [];
  else if (waiting.length > 0) wait();
}

/** Drops what waits, and takes nothing until {@link setRecording} says so: the session ends or changes. */
export function stopTracking(): void {
  setRecording(false);
}

/** Notes what somebody did, by the tracking plan (docs/tracking.md). Sent in batches, and never in the way. */
export function track(event: BrowserEvent): void {
  if (recording === false || asksForPrivacy() || waiting.length >= 2 * mostWaiting) return;
  waiting.push(event);
  if (recording !== true) return;
  if (waiting.length >= mostWaiting) sendWaiting();
  else wait();
}

/** Sends what waits now: the page is about to be hidden or left. */
export function sendWaiting(): void {
  if (recording !== true || waiting.length === 0) return;
  stopTimer();
  const events = waiting.splice(0, mostWaiting);
  const device = window.innerWidth < narrowBelow ? 'narrow' : 'wide';
  // Past the client of everything else: this may outlive the page, and nobody waits for what comes of it.
  void fetch('/api/trpc/insights.recordInteractions', {
    method: 'POST',
    keepalive: true,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ device, events }),
  }).then(
    ({ status }) => {
      if (status === 401 || status === 403) stopTracking();
    },
    () => undefined,
  );
  if (waiting.length > 0) wait();
}

function wait(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    sendWaiting();
  }, gatherMs);
}

function stopTimer(): void {
  clearTimeout(timer);
  timer = undefined;
}
