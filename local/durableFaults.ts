/**
 * Faults of the service `host`: the durable runner or its worker dies, an instance is terminated, a completion is
 * forgotten, repeated or held up, or a message comes twice, where one says so.
 */
import type { LocalKernel } from './kernel/kernel.js';
import type { FunctionsHostOptions } from './runner/functionsHost.js';

type DurableFaultHook = NonNullable<NonNullable<FunctionsHostOptions['durable']>['fault']>;

/**
 * The operation is the point (`before-` or `after-` `orchestrator`, `activity`, `entity`; `after-dispatch`; `send-`
 * `activity`, `entity`, `subOrchestration`, `continueAsNew`), the subject the function's name and the instance, in the
 * order in which the point gives them.
 */
export function durableFault({ faults, crash }: Pick<LocalKernel, 'faults' | 'crash'>): DurableFaultHook {
  return (point, where) => {
    const subject = Object.values(where).join(' ');
    const action = faults.strike({ service: 'host', operation: point, subject });
    switch (action?.kind) {
      case 'crash':
        crash();
        return 'crash';
      case 'workerGone':
      case 'terminate':
        return action.kind;
      case 'lostResponse':
        return 'lost';
      case 'duplicate':
        return action;
      case 'delay':
        return { kind: 'late', seconds: action.seconds };
      default:
        return null;
    }
  };
}
