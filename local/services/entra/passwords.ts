/** The client secrets of applications: added, removed, capped by a policy, and as reads show them. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Kernel } from '../../kernel/types.js';
import { traceOf } from '../trace.js';
import { same } from './compare.js';
import type { Application, NewPassword, PasswordCredential, State } from './directoryState.js';

const DAY_MS = 24 * 3600 * 1000;
const TWO_YEARS_MS = 730 * DAY_MS;

export interface Passwords {
  /** The password with its value, which the directory hands out only here. `undefined`: no such application. */
  addPassword(clientId: string, password?: NewPassword): PasswordCredential | undefined;
  /**
   * Whether there was such a key.
   *
   * @param by client id of who removed it, for the ledger
   */
  removePassword(clientId: string, keyId: string, by?: string): boolean;
  /** The end date that the policy leaves of the one asked for; absent: no policy and nothing asked for. */
  cappedEnd(asked: string | undefined): string | 'refused' | undefined;
  /** The secrets of an application as reads show them now. */
  listedPasswords(clientId: string): readonly PasswordCredential[];
}

/** Works on the state of the moment: a restore replaces it. */
export function createPasswords(
  kernel: Kernel,
  state: () => State,
  application: (clientId: string) => Application | undefined,
): Passwords {
  return {
    addPassword(clientId, password = {}) {
      const app = application(clientId);
      if (app === undefined) return undefined;
      const now = kernel.clock.now();
      const value = password.value ?? randomBytes(30).toString('base64url');
      const added: PasswordCredential = {
        keyId: randomUUID(),
        displayName: password.displayName ?? null,
        startDateTime: password.startDateTime ?? new Date(now).toISOString(),
        endDateTime: password.endDateTime ?? new Date(now + TWO_YEARS_MS).toISOString(),
        hint: value.slice(0, 3),
        value,
        addedAt: now,
        removedAt: null,
      };
      app.passwordCredentials.push(added);
      kernel.secrets.guard(`client secret of ${clientId}`, value);
      kernel.ledger.record({
        service: 'directory',
        operation: 'password.added',
        subject: added.keyId,
        detail: {
          application: app.clientId,
          displayName: added.displayName,
          endDateTime: added.endDateTime,
          trace: traceOf(value),
        },
      });
      kernel.changed();
      return added;
    },

    removePassword(clientId, keyId, by) {
      const password = application(clientId)?.passwordCredentials.find(
        (candidate) => same(candidate.keyId, keyId) && candidate.removedAt === null,
      );
      if (password === undefined) return false;
      password.removedAt = kernel.clock.now();
      const detail = { trace: traceOf(password.value), ...(by === undefined ? {} : { by }) };
      kernel.ledger.record({
        service: 'directory',
        operation: 'password.removed',
        subject: password.keyId,
        detail,
      });
      kernel.changed();
      return true;
    },

    cappedEnd(asked) {
      const { lifetimePolicy } = state();
      if (lifetimePolicy === null) return asked;
      const latest = kernel.clock.now() + lifetimePolicy.maxDays * DAY_MS;
      const wanted = asked === undefined ? kernel.clock.now() + TWO_YEARS_MS : Date.parse(asked);
      if (wanted <= latest) return asked;
      return lifetimePolicy.excess === 'refuse' ? 'refused' : new Date(latest).toISOString();
    },

    listedPasswords(clientId) {
      const lag = state().readLagSeconds * 1000;
      const shown = kernel.clock.now() - lag;
      const isHidden = (keyId: string) => (state().hidden[keyId.toLowerCase()] ?? 0) > kernel.clock.now();
      return (application(clientId)?.passwordCredentials ?? []).filter(
        ({ keyId, addedAt, removedAt }) =>
          !isHidden(keyId) &&
          (lag === 0 || addedAt <= shown) &&
          (removedAt === null || (lag > 0 && removedAt > shown)),
      );
    },
  };
}
