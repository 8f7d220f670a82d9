/** Time-outs of the app's calls, on the local cloud's clock. */
import type { Clock } from '../kernel/types.js';

/**
 * Lets `AbortSignal.timeout`, with which the app limits its calls, follow the clock, so that in virtual time too a
 * service that answers too late is given up, while its effect may still come. Returns what ends it.
 */
export function timeOutBy(clock: Pick<Clock, 'now' | 'schedule'>): () => void {
  const onMachineTime = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    const giveUp = () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError'));
    // In the background: a call that was answered long ago does not make time move.
    clock.schedule(clock.now() + ms, giveUp, { background: true });
    return controller.signal;
  };
  return () => {
    AbortSignal.timeout = onMachineTime;
  };
}
