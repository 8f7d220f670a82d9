/** Follows runs of the app while real Airflows work for it. */

import type { LocalClient } from '../../local/client.js';
import { readRun, type ShownRun } from '../../local/demo/follow.js';
import { pause } from './groups.js';

export type Note = (line: string) => void;

export interface FollowOptions {
  /** Seconds of the app's clock that pass between two looks; default: a few. */
  readonly lapse?: (run: ShownRun) => number | Promise<number>;
  /** Seconds of the machine's clock after which it is given up. */
  readonly seconds?: number;
}

const LOOK_EVERY_MS = 500;
/** The app's clock goes this much faster than the machine's: its pauses are made for Azure, where a restart takes minutes. */
const LAPSE_SECONDS = 4;
const RUN_SECONDS = 300;
const ENDED = ['completed', 'failed', 'cancelled'];

/** Lets time pass until a run has ended, and shows its steps. `check` throws where going on makes no sense. */
export async function followRun(
  client: LocalClient,
  id: string,
  note: Note,
  check: () => void,
  { lapse, seconds = RUN_SECONDS }: FollowOptions = {},
): Promise<ShownRun> {
  const deadline = Date.now() + seconds * 1000;
  let shown = 0;
  for (;;) {
    check();
    const run = await readRun(client, id);
    for (const { step, outcome } of run.trail.slice(shown)) note(`${step}: ${outcome}`);
    shown = run.trail.length;
    if (ENDED.includes(run.status)) return run;
    if (Date.now() > deadline) throw new Error(`The run ${id} is still at ${run.step?.name}.`);
    await pause(LOOK_EVERY_MS);
    await client.advance((await lapse?.(run)) ?? LAPSE_SECONDS);
  }
}

/** How a run ended, with the code of its problem. */
export function outcomeOf({ outcome, status, problem }: ShownRun): string {
  return [outcome ?? status, problem?.code, /AADSTS\d+/.exec(problem?.message ?? '')?.[0]]
    .filter((part) => part !== undefined)
    .join(' ');
}
