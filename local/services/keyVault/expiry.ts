/**
 * The events of versions that near their expiry or reach it. They are background timers: they come when time passes
 * them, and do not make virtual time run towards them.
 */
import type { Kernel } from '../../kernel/types.js';
import {
  currentVersion,
  nextExpiryEvent,
  type SecretVersion,
  type StoredSecret,
  type Vault,
} from './secret.js';

type Tell = (
  vault: Vault,
  secret: StoredSecret,
  version: SecretVersion,
  change: 'nearExpiry' | 'expired',
) => void;

export interface ExpiryEvents {
  /** Sets the timer for the next event of all vaults; to be called after each change. */
  plan(): void;
}

export function createExpiryEvents(kernel: Kernel, vaults: () => readonly Vault[], tell: Tell): ExpiryEvents {
  const { clock } = kernel;
  let cancel: (() => void) | undefined;

  /** What is still to come, for the current versions only: Key Vault tells nothing of older ones. */
  const upcoming = () =>
    vaults().flatMap((vault) =>
      vault.secrets
        .filter((secret) => secret.deletedAt === null)
        .flatMap((secret) => {
          const version = currentVersion(secret);
          const next = version === undefined ? undefined : nextExpiryEvent(version);
          return version === undefined || next === undefined ? [] : [{ vault, secret, version, ...next }];
        }),
    );

  const fire = () => {
    for (const { vault, secret, version, change, at } of upcoming()) {
      if (at * 1000 > clock.now()) continue;
      if (change === 'nearExpiry') version.nearExpiryTold = true;
      else version.expiredTold = true;
      tell(vault, secret, version, change);
    }
    kernel.changed();
    plan();
  };

  const plan = () => {
    cancel?.();
    cancel = undefined;
    const moments = upcoming().map(({ at }) => at * 1000);
    if (moments.length === 0) return;
    const next = moments.reduce((earliest, moment) => Math.min(earliest, moment));
    cancel = clock.schedule(Math.max(next, clock.now()), fire, { background: true });
  };

  return { plan };
}
