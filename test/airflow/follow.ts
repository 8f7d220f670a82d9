/** Follows runs of the app while real Airflows work for it. */

import type { LocalClient } from '../../local/client.js';
import { readRun, type ShownRun } from '../../local/demo/follow.js';
import { pause } from './groups.js';

export type Note = (line: string) => void;

export interface FollowOptions {
  /** Seconds of the app's clock that pass between two looks; undefined: as many as `lapseBeside` says. */
  readonly lapse?: (run: ShownRun) => number | undefined | Promise<number | undefined>;
  /** Seconds of the machine's clock after which it is given up. */
  readonly seconds?: number;
}

const LOOK_EVERY_MS = 250;
/** While an Airflow works, the app's clock goes a little faster than the machine's: its limits are made for Azure. */
const WORKING_LAPSE_SECONDS = 1;
/** The longest pause that the app makes before it looks again. Nothing happens meanwhile: it is passed by. */
const IDLE_LAPSE_SECONDS = 30;
const RUN_SECONDS = 300;
const ENDED = ['completed', 'failed', 'cancelled'];

/** An Airflow that somebody waits for. */
export interface Watched {
  /** Throws where going on makes no sense. */
  check(): void;
  /** Whether it has done all that it was asked to do. */
  isIdle(): Promise<boolean>;
}

/** Lets time pass until a run has ended, and shows its steps. */
export async function followRun(
  client: LocalClient,
  id: string,
  note: Note,
  airflows: readonly Watched[],
  { lapse, seconds = RUN_SECONDS }: FollowOptions = {},
): Promise<ShownRun> {
  const deadline = Date.now() + seconds * 1000;
  let shown = 0;
  for (;;) {
    for (const airflow of airflows) airflow.check();
    const run = await readRun(client, id);
    for (const { step, outcome } of run.trail.slice(shown)) note(`${step}: ${outcome}`);
    shown = run.trail.length;
    if (ENDED.includes(run.status)) return run;
    if (Date.now() > deadline) throw new Error(`The run ${id} is still at ${run.step?.name}.`);
    await pause(LOOK_EVERY_MS);
    await client.advance((await lapse?.(run)) ?? (await lapseBeside(airflows)));
  }
}

async function lapseBeside(airflows: readonly Watched[]): Promise<number> {
  const idle = await Promise.all(airflows.map((airflow) => airflow.isIdle()));
  return idle.every(Boolean) ? IDLE_LAPSE_SECONDS : WORKING_LAPSE_SECONDS;
}

/** How a run ended, with the code of its problem. */
export function outcomeOf({ outcome, status, problem }: ShownRun): string {
  return [outcome ?? status, problem?.code, /AADSTS\d+/.exec(problem?.message ?? '')?.[0]]
    .filter((part) => part !== undefined)
    .join(' ');
}
