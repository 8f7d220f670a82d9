/** The example of CONTRIBUTING.md's "Add a rotation strategy": a desk that makes keys and hands them out, without Microsoft Graph. */
import type { KeyIssuer } from '../../../src/credentials/issuer.js';
import type { RotationStrategy } from '../../../src/credentials/strategy.js';
import { sameId } from '../../../src/domain/values/sameId.js';
import { Secret } from '../../../src/domain/values/secret.js';

export interface DeskKey {
  readonly keyId: string;
  readonly displayName?: string;
  readonly endsOn: string;
  readonly value: string;
}

/** @param keys what the desk has handed out */
export function deskStrategy(keys: DeskKey[]): RotationStrategy {
  const desk: KeyIssuer = {
    list: async () => ({ kind: 'listed', keys: keys.map(({ value: _, ...key }) => key) }),
    mint: async (_credential, key) => {
      const keyId = `desk-${keys.length + 1}`;
      const value = `value-of-${keyId}`;
      keys.push({ ...key, keyId, value });
      return { kind: 'minted', keyId, value: new Secret(value), endsOn: key.endsOn };
    },
    remove: async (_credential, keyId) => {
      const place = keys.findIndex((key) => sameId(key.keyId, keyId));
      if (place >= 0) keys.splice(place, 1);
      return { kind: 'removed' };
    },
    needs: async () => [{ what: 'a badge', where: 'the desk', why: 'be handed keys', status: 'ok' }],
  };
  return {
    name: 'desk',
    meaning: 'the desk makes the next credential',
    mints: true,
    listsKeys: true,
    describeEnd: () => ({ status: 'ok' }),
    connect: async () => desk,
  };
}
