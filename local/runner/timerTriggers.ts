/** Timer functions: six-field NCRONTAB schedules in UTC, as recurring background timers of the clock. */
import { Cron } from 'croner';
import type { Clock } from '../kernel/types.js';
import type { RegisteredFunction } from './coreTypes.js';
import { resolveSettings } from './httpFunctions.js';
import type { Invoker } from './invoke.js';

/** Sets every timer function's next run; a stopped app misses its own. Returns a function that ends them. */
export function startTimers(
  functions: Iterable<RegisteredFunction>,
  invoker: Invoker,
  clock: Clock,
  settings: Readonly<Record<string, string | undefined>>,
  onError: (error: unknown) => void,
  isRunning: () => boolean = () => true,
): () => void {
  const cancels = new Map<string, () => void>();
  for (const registered of functions) {
    for (const binding of Object.values(registered.metadata.bindings)) {
      if (binding.type !== 'timerTrigger') continue;
      const schedule = new Cron(resolveSettings(binding.schedule ?? '', settings), {
        timezone: 'UTC',
        paused: true,
      });
      const { name } = registered.metadata;
      const next = (): void => {
        const at = schedule.nextRun(new Date(clock.now()));
        if (!at) return;
        const run = async (): Promise<void> => {
          next();
          if (!isRunning()) return;
          const [before = at] = schedule.previousRuns(1, at);
          try {
            await invoker.invoke(registered, { json: JSON.stringify(timerData(before, at)) });
          } catch (error) {
            onError(error);
          }
        };
        cancels.set(name, clock.schedule(at.getTime(), run, { background: true }));
      };
      next();
    }
  }
  return () => {
    for (const cancel of cancels.values()) cancel();
  };
}

/** As the host has it: `Last` is the occurrence before, `Next` is this one. */
function timerData(before: Date, at: Date): Record<string, unknown> {
  const status = { Last: before.toISOString(), Next: at.toISOString(), LastUpdated: before.toISOString() };
  return { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false };
}
