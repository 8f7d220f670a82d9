/** The leases of a task hub's partitions, which the extension keeps as rows of a table: one for each control queue. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';

/** The platform names a host by its stamp and its number there. */
export const STAMP = 'local';

/** What the extension calls the owner of a lease, by the host's number. */
export function workerId(host: number): string {
  return `${STAMP}:${host}`;
}

/** What the extension renews a lease by. */
const LEASE_MS = 30_000;

const ROWS = z.looseObject({
  value: z.array(
    z.looseObject({
      RowKey: z.string(),
      CurrentOwner: z.string().nullish(),
      NextOwner: z.string().nullish(),
    }),
  ),
});

export class Partitions {
  readonly #account: string;
  readonly #key: Buffer;
  readonly #endpoint: string;
  readonly #table: string;

  /** @param storage connection string with the account, its key and the endpoint of its tables, as Azurite's has */
  constructor(storage: string, hub: string) {
    const setting = (name: string) => {
      const value = new RegExp(`(?:^|;)${name}=([^;]+)`).exec(storage)?.[1];
      if (value === undefined) throw new Error(`The connection string has no ${name}.`);
      return value;
    };
    this.#account = setting('AccountName');
    this.#key = Buffer.from(setting('AccountKey'), 'base64');
    this.#endpoint = setting('TableEndpoint');
    this.#table = `${hub}Partitions`;
  }

  /**
   * Gives every partition to a host, whoever has it and whatever that one is doing: the one that had it hears of it when
   * it looks at the table next, and so does the new one. Throws where the table does not answer.
   */
  async giveAll(owner: string): Promise<void> {
    const { value } = ROWS.parse(await this.#request('GET', `${this.#table}()`));
    const now = new Date();
    for (const { RowKey, CurrentOwner, NextOwner } of value) {
      if (CurrentOwner === owner && NextOwner == null) continue;
      await this.#request('PUT', `${this.#table}(PartitionKey='',RowKey='${RowKey}')`, {
        PartitionKey: '',
        RowKey,
        CurrentOwner: owner,
        ...dateTimes({ OwnedSince: now, LastRenewal: now, ExpiresAt: new Date(now.getTime() + LEASE_MS) }),
        IsDraining: false,
      });
    }
  }

  /** Signed with the account's key: "Shared Key Lite" of the table service. */
  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const url = new URL(`${this.#endpoint}/${path}`);
    const date = new Date().toUTCString();
    const signed = `${date}\n/${this.#account}${url.pathname}`;
    const signature = createHmac('sha256', this.#key).update(signed, 'utf8').digest('base64');
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `SharedKeyLite ${this.#account}:${signature}`,
        'x-ms-date': date,
        'x-ms-version': '2019-02-02',
        accept: 'application/json;odata=nometadata',
        ...(body && { 'content-type': 'application/json', 'if-match': '*' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url.pathname} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function dateTimes(times: Readonly<Record<string, Date>>): object {
  const entries = Object.entries(times).flatMap(([name, time]) => [
    [name, time.toISOString()],
    [`${name}@odata.type`, 'Edm.DateTime'],
  ]);
  return Object.fromEntries(entries);
}
