/**
 * The bridge between a refused call and the dialog that asks for the password (ACC-2). The data layer asks,
 * the dialog answers; calls refused meanwhile share one question.
 */
interface Question {
  answer: (confirmed: boolean) => void;
  result: Promise<boolean>;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

/** Opens the dialog. Resolves true once the person has confirmed, false when the dialog was closed. */
export function askForReauthentication(): Promise<boolean> {
  if (question) return question.result;
  let answer: (confirmed: boolean) => void = () => {};
  const result = new Promise<boolean>((resolve) => {
    answer = resolve;
  });
  question = { answer, result };
  changed();
  return result;
}

/** Called by the dialog only. */
export function answerReauthentication(confirmed: boolean): void {
  const asked = question;
  question = null;
  asked?.answer(confirmed);
  changed();
}

/** For useSyncExternalStore. */
export function subscribeReauthentication(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isReauthenticationAsked(): boolean {
  return question !== null;
}
