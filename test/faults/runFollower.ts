/** Follows runs to their ends while what is to happen meanwhile happens. */
import { readRun } from '../../local/demo/follow.js';
import type { CloudAudit } from './cloudAudit.js';
import { applyDisturbance } from './disturbances.js';
import { approve } from './others.js';
import type { RestartableCloud } from './restartableCloud.js';
import type { Rotation } from './rotationEnds.js';
import type { Timeline } from './timeline.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const SLICE_SECONDS = 900;
/** After this a rotation waits for a person or a window: less often is enough. */
const BUSY_HOURS = 8;
/** Statuses of runs that have an end. */
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

export class RunFollower {
  /** @param longestHours no run takes longer */
  constructor(
    private readonly cloud: RestartableCloud,
    private readonly audit: CloudAudit,
    private readonly longestHours: number,
  ) {}

  /**
   * Also the one that had begun before, by a sweep for example.
   * @param giveTheOther what that one did counts: a sweep that begins just before an event does the work of its run
   */
  async followAll(
    id: string,
    timeline: Timeline,
    { giveTheOther = false, ...how }: { readonly attentive?: boolean; readonly giveTheOther?: boolean } = {},
  ): Promise<Rotation | undefined> {
    const run = await this.follow(id, timeline, how);
    if (run?.otherRunId === undefined) return run;
    const other = await this.follow(run.otherRunId, timeline, how);
    return giveTheOther ? other : run;
  }

  /** @param attentive somebody approves as soon as a gate is reached */
  async follow(id: string, timeline: Timeline, { attentive = false } = {}): Promise<Rotation | undefined> {
    const begun = timeline.passed;
    while (timeline.passed - begun < this.longestHours * HOUR) {
      const isBusy = timeline.passed - begun < BUSY_HOURS * HOUR;
      await this.#advance(timeline, isBusy ? SLICE_SECONDS : HOUR, id);
      const run = (await readRun(this.cloud.client, id)) as unknown as Rotation;
      if (ENDED.has(run.status)) return run;
      const gate = attentive ? run.waitingFor?.gate : undefined;
      if (gate !== undefined) await approve(this.cloud.client, gate);
    }
    return undefined;
  }

  /** What is still to happen once the run has ended, and the days that the scenario lasts. */
  async finish(timeline: Timeline, days: number, id: string): Promise<void> {
    while (timeline.isAhead()) await this.#advance(timeline, DAY, id);
    while (timeline.passed < days * DAY) await this.#advance(timeline, DAY, id);
  }

  /** Lets so much time pass, or as much as there is until something happens, which then does. */
  async #advance(timeline: Timeline, seconds: number, id: string): Promise<void> {
    const slice = timeline.untilNext(seconds);
    await this.cloud.pass(slice);
    for (const disturbance of timeline.pass(slice)) {
      if (disturbance.what.kind === 'windowMoved')
        await this.cloud.moveWindow(disturbance.what.day, () => this.audit.read());
      else await applyDisturbance(this.cloud.client, disturbance, id);
    }
  }
}
