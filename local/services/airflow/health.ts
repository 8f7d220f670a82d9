/** What an Airflow's health report says, whose times are those of the scheduler's heartbeats. */

/** From the start of the web server to the scheduler's first heartbeat, as measured on Airflow 2.10 and 3.3. */
const FIRST_HEARTBEAT_MS = 9_000;
const HEARTBEAT_MS = 5_000;

/**
 * The scheduler's latest heartbeat at `now`; null before its first one. Old processes that are still up during a
 * restart beat on, so they look healthy to the end.
 */
export function latestHeartbeat(startedAt: number, now: number): number | null {
  const beats = now - startedAt - FIRST_HEARTBEAT_MS;
  return beats < 0 ? null : now - (beats % HEARTBEAT_MS);
}
