/** Faults of the service `host`: the durable runner dies, or forgets or repeats a completion, where one says so. */
import type { Faults } from './kernel/types.js';
import type { FunctionsHostOptions } from './runner/functionsHost.js';

type DurableFaultHook = NonNullable<NonNullable<FunctionsHostOptions['durable']>['fault']>;

/**
 * The operation is the point (`before-activity`, `after-activity`, `after-orchestrator`, `after-dispatch`,
 * `after-entity`), the subject the function's name and the instance.
 */
export function durableFault(faults: Faults): DurableFaultHook {
  return (point, where) => {
    const subject = Object.values(where).join(' ');
    switch (faults.strike({ service: 'host', operation: point, subject })?.kind) {
      case 'crash':
        process.kill(process.pid, 'SIGKILL');
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
