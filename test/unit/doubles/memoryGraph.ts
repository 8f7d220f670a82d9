/** Microsoft Graph in memory: applications, their owners and their client secrets. */
import { refused, type ServiceError, transientFailure } from '../../../src/azure/failures.js';
import type { Graph, ListedKey } from '../../../src/azure/graph.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { sameId } from '../../../src/domain/values/sameId.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { Calls } from './calls.js';

/** A client secret as the directory keeps it. */
interface KeptKey extends Omit<ListedKey, 'hint'> {
  readonly value: string;
}

interface Application {
  readonly keys: KeptKey[];
  readonly owners: string[];
}

/** When a key ends of which nothing else is said. */
export const KEY_END = '2027-05-01T00:00:00.000Z';

export class MemoryGraph implements Pick<Graph, keyof Graph> {
  readonly calls = new Calls<keyof Graph>();
  /** A policy of the tenant lets no key end later. ISO 8601. */
  latestEnd: string | undefined;
  /** Lists do not show the newest key. */
  listsLag = false;
  readonly #applications = new Map<string, Application>();
  #minted = 0;

  /** The application of that client id; it is there from the first time on that somebody asks. */
  application(clientId: string): Application {
    const known = this.#applications.get(clientId.toLowerCase()) ?? { keys: [], owners: [] };
    this.#applications.set(clientId.toLowerCase(), known);
    return known;
  }

  /** Adds a client secret as somebody else would. */
  put(clientId: string, keyId: string, value: string, given: { displayName?: string; endsOn?: string } = {}) {
    this.application(clientId).keys.push({ keyId, value, endsOn: KEY_END, ...given });
  }

  keys(clientId: string): ReturnType<Graph['keys']> {
    return this.#answer('keys', clientId, () => {
      const { keys } = this.application(clientId);
      return {
        kind: 'listed',
        keys: keys
          .slice(0, this.listsLag ? -1 : undefined)
          .map(({ value, ...key }): ListedKey => ({ ...key, hint: value.slice(0, 3) })),
      };
    });
  }

  owners(clientId: string): ReturnType<Graph['owners']> {
    return this.#answer('owners', clientId, () => ({
      kind: 'listed',
      ids: [...this.application(clientId).owners],
    }));
  }

  addKey(
    clientId: string,
    { displayName, endsOn }: Parameters<Graph['addKey']>[1],
  ): ReturnType<Graph['addKey']> {
    return this.#answer('addKey', clientId, () => {
      const end = this.latestEnd === undefined || endsOn < this.latestEnd ? endsOn : this.latestEnd;
      const keyId = `minted-${++this.#minted}`;
      const value = `m${this.#minted}~value-of-${keyId}`;
      this.put(clientId, keyId, value, { displayName, endsOn: end });
      return { kind: 'minted', keyId, value: new Secret(value), endsOn: end };
    });
  }

  removeKey(clientId: string, keyId: string): ReturnType<Graph['removeKey']> {
    return this.#answer('removeKey', clientId, () => {
      const { keys } = this.application(clientId);
      const place = keys.findIndex((key) => sameId(key.keyId, keyId));
      if (place >= 0) keys.splice(place, 1);
      return { kind: 'removed' };
    });
  }

  #answer<T>(call: keyof Graph, clientId: string, act: () => T): Promise<T | CallFailure> {
    return this.calls.answer(call, clientId, act, (error) => graphFailure(error, call));
  }
}

function graphFailure(error: ServiceError, call: string): CallFailure {
  return (
    transientFailure(error, `${call} in Microsoft Graph`) ??
    refused('graphForbidden', `Microsoft Graph refuses ${call}.`, 'Grant the permission.')
  );
}
