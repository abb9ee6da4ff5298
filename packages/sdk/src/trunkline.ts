import { Actions } from './actions.ts';
import { Events } from './events.ts';
import { HttpClient } from './http-client.ts';
import type { HttpClientOptions, RequestOptions } from './http-client.ts';

/** Trunkline as a program sees it, through the API key of one organization. */
export class Trunkline {
  readonly events: Events;
  readonly actions: Actions;
  readonly #http: HttpClient;

  /** @throws TypeError for an address or a key that cannot be one */
  constructor(options: HttpClientOptions) {
    this.#http = new HttpClient(options);
    this.events = new Events(this.#http);
    this.actions = new Actions(this.#http);
  }

  /**
   * Asks any other address of the API, such as `GET /api/v1/webhooks`, with the same key and repetitions. Gives the JSON of
   * the answer, undefined for an empty one.
   *
   * @throws TrunklineError
   */
  async request<Answer>(method: string, path: string, options?: RequestOptions): Promise<Answer> {
    return this.#http.request<Answer>(method, path, options);
  }
}
