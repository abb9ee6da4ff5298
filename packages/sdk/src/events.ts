import type { HttpClient } from './http-client.ts';

/** An event to send. */
export interface EventInput {
  /** Lower-case words joined by dots, such as `job.created`. */
  type: string;
  /** Any JSON object, up to 256 KiB with its envelope. */
  data: Record<string, unknown>;
  /** Your own id: a second event with it is recognized and not sent again. Made by the SDK unless given. */
  id?: string;
  /** What the event is about; webhooks with an order keep the events of one subject in it. */
  subject?: string;
}

/** An event that is stored durably, together with its deliveries. */
export interface EventAccepted {
  id: string;
  /** It was there already, and is not sent again. */
  duplicate: boolean;
}

export interface SendOptions {
  signal?: AbortSignal;
}

/** So many events go in one request. */
const atOnce = 1_000;

/** Sends events to the webhooks that subscribe to them. */
export class Events {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /**
   * Sends one event, or any number in their order. When it returns, they are stored and on their way. Each has an id before
   * it is first sent, so that a repetition makes no second one; when sending many fails, send the same ones again.
   *
   * @throws TrunklineError
   */
  async send(event: EventInput, options?: SendOptions): Promise<EventAccepted>;
  async send(events: readonly EventInput[], options?: SendOptions): Promise<EventAccepted[]>;
  async send(
    events: EventInput | readonly EventInput[],
    options: SendOptions = {},
  ): Promise<EventAccepted | EventAccepted[]> {
    if (!isMany(events)) return this.#post<EventAccepted>(withId(events), options);
    const accepted: EventAccepted[] = [];
    for (let from = 0; from < events.length; from += atOnce) {
      const part = events.slice(from, from + atOnce).map(withId);
      accepted.push(...(await this.#post<EventAccepted[]>(part, options)));
    }
    return accepted;
  }

  #post<Answer>(body: unknown, options: SendOptions): Promise<Answer> {
    return this.#http.request('POST', '/api/v1/events', { body, isRepeatable: true, ...options });
  }
}

const isMany = (events: EventInput | readonly EventInput[]): events is readonly EventInput[] =>
  Array.isArray(events);

const withId = (event: EventInput): EventInput => ({ ...event, id: event.id ?? crypto.randomUUID() });
