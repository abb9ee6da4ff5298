/** The simulated providers of the product under test, as `sandboxed.mjs` has started them. */
export interface Sandbox {
  /** What one enters to connect a provider, by the field's key. */
  credentials(slug: string): Promise<Record<string, string>>;
  /** Makes a provider healthy, slow, down … for everybody: for tests that have it to themselves. */
  setCondition(slug: string, condition: string): Promise<void>;
  /** Registers where a provider may send the browser back to, as one does at the provider. */
  allowRedirect(slug: string, redirectUri: string): Promise<void>;
  /** Ends everything that people have allowed at a provider, for all tests. */
  revokeAll(slug: string): Promise<void>;
  /** What was called, newest first: `GET https://api.sendgrid.com/v3/scopes`. */
  calls(slug: string): Promise<string[]>;
  /** What a provider was given to send or to make, oldest first. */
  sent(slug: string): Promise<Record<string, unknown>[]>;
  /** Sends a webhook to an address of the product, signed as the provider does; gives the status of the answer. */
  sendWebhook(slug: string, url: string, event: string): Promise<number>;
  /** The files on the partners' file server, with their content, by path. */
  files(): Promise<Map<string, string>>;
  /** Puts a file onto the partners' file server, as a partner would; its folder is made. */
  putFile(path: string, content: string): Promise<void>;
}

/** @param url where the simulators are */
export function sandboxAt(url: string): Sandbox {
  async function ask(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${url}/control/providers/${path}`, init);
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}`);
    return response.json();
  }
  async function command(slug: string, body: object): Promise<void> {
    await ask(`${slug}/oauth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
  return {
    async credentials(slug) {
      const { credentials } = (await ask(slug)) as { credentials: { key: string; value: string }[] };
      return Object.fromEntries(credentials.map(({ key, value }) => [key, value]));
    },
    async setCondition(slug, condition) {
      await ask(slug, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ condition }),
      });
    },
    allowRedirect: (slug, redirectUri) => command(slug, { action: 'allowRedirect', redirectUri }),
    revokeAll: (slug) => command(slug, { action: 'revokeAll' }),
    async calls(slug) {
      const { data } = (await ask(`${slug}/traffic`)) as { data: { method: string; url: string }[] };
      return data.map(({ method, url: called }) => `${method} ${called}`);
    },
    async sent(slug) {
      const { data } = (await ask(`${slug}/sent`)) as { data: { data: Record<string, unknown> }[] };
      return data.map((item) => item.data);
    },
    async sendWebhook(slug, url, event) {
      const sent = await ask(`${slug}/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url, event }),
      });
      return (sent as { status: number }).status;
    },
    async files() {
      const { data } = (await ask('file-server/sent')) as {
        data: { id: string; data: { content: string } }[];
      };
      return new Map(data.map(({ id, data: { content } }) => [id, content]));
    },
    async putFile(path, content) {
      await ask('file-server/files', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path, content }),
      });
    },
  };
}
