/** What an Airflow's health report says, whose times are those of the scheduler's heartbeats. */

/** From the start of the web server to the scheduler's first heartbeat, as measured on Airflow 2.10 and 3.3. */
const FIRST_HEARTBEAT_MS = 9_000;
const HEARTBEAT_MS = 5_000;
/** So long a heartbeat counts: Airflow's `scheduler_health_check_threshold`. */
const COUNTS_MS = 30_000;

export interface Beats {
  /** Milliseconds on the local cloud's clock. */
  readonly now: number;
  readonly startedAt: number;
  /** The last heartbeat of the processes before these; null where there were none. */
  readonly lastBeatBefore: number | null;
}

export interface SchedulerHealth {
  /** The latest heartbeat; null before the first one. */
  readonly latest: number | null;
  readonly healthy: boolean;
}

/**
 * Old processes that are still up during a restart beat on, so they look healthy to the end. After it Airflow counts
 * their last heartbeat for a while, since a scheduler that the platform killed could not say that it has ended.
 */
export function schedulerHealth({ now, startedAt, lastBeatBefore }: Beats): SchedulerHealth {
  const beats = now - startedAt - FIRST_HEARTBEAT_MS;
  if (beats >= 0) return { latest: now - (beats % HEARTBEAT_MS), healthy: true };
  const healthy = lastBeatBefore !== null && now - lastBeatBefore < COUNTS_MS;
  return { latest: lastBeatBefore, healthy };
}
