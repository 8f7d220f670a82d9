/** Puts the parts of the kernel together. */
import { type ClockState, createClock, type LocalClock } from './clock.js';
import { createFaults, type LocalFaults } from './faults.js';
import { createLedger, type LocalLedger } from './ledger.js';
import { createSecretWatch } from './secretWatch.js';
import type { Store } from './store.js';
import type { ClockMode, Kernel } from './types.js';

export interface LocalKernel extends Kernel {
  readonly clock: LocalClock;
  readonly ledger: LocalLedger;
  readonly faults: LocalFaults;
  /** Resolves when every change up to now would survive a kill. */
  persisted(): Promise<void>;
  /** Says where changes are kept. Until then, and without it, they are not. */
  keepIn(keeper: Store): void;
  /** Kills this process at once; this very moment is what is found afterwards. */
  crash(): void;
}

export interface KernelOptions {
  readonly mode: ClockMode;
  readonly clockState?: ClockState;
  readonly onError: (error: unknown) => void;
}

export function createKernel({ mode, clockState, onError }: KernelOptions): LocalKernel {
  const clock = createClock({ mode, onError, ...(clockState === undefined ? {} : { state: clockState }) });
  const ledger = createLedger(clock);
  let keeper: Store | undefined;
  return {
    clock,
    ledger,
    secrets: createSecretWatch(ledger),
    faults: createFaults(),
    changed: () => keeper?.changed(),
    persisted: async () => keeper?.flush(),
    keepIn(given) {
      keeper = given;
    },
    crash() {
      ledger.keepAll();
      keeper?.flushNow();
      process.kill(process.pid, 'SIGKILL');
    },
  };
}
