/** Faults of the service `host`: the durable runner dies, or forgets or repeats a completion, where one says so. */
import type { LocalKernel } from './kernel/kernel.js';
import type { FunctionsHostOptions } from './runner/functionsHost.js';

type DurableFaultHook = NonNullable<NonNullable<FunctionsHostOptions['durable']>['fault']>;

/**
 * The operation is the point (`before-activity`, `after-activity`, `after-orchestrator`, `after-dispatch`,
 * `after-entity`), the subject the function's name and the instance.
 */
export function durableFault({ faults, crash }: Pick<LocalKernel, 'faults' | 'crash'>): DurableFaultHook {
  return (point, where) => {
    const subject = Object.values(where).join(' ');
    switch (faults.strike({ service: 'host', operation: point, subject })?.kind) {
      case 'crash':
        crash();
        return 'crash';
      case 'lostResponse':
        return 'lost';
      case 'duplicate':
        return 'duplicate';
      default:
        return null;
    }
  };
}
