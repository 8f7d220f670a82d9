/**
 * How long claims last, and how long runs wait until they give up, in one place: each number with its reason. How a call is
 * tried again stands in waiting.ts; what a profile may say of times, in its limits. Milliseconds.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Leases and signs of life

/** How long a run keeps a runtime without a sign of life. Longer than any pause between two renewals. */
export const CLAIM_MS = 30 * MINUTE;

/** How long the right to write holds: as long as the claim, within which nobody else may have it anyway. */
export const LEASE_MS = 30 * MINUTE;

/** The longest pause of a run before it shows that it is alive: shorter than `CLAIM_MS`. */
export const SILENT_MS = 20 * MINUTE;

/**
 * How often a run that waits for Airflow shows that it is alive, and hears that it was cancelled. Each time costs two calls
 * of entities: with every poll they were most of what a run asked of the storage.
 */
export const RENEW_EVERY_MS = 2 * MINUTE;

/** How often a run that waits for a runtime looks whether it still has its claim, or was cancelled: with a poll, by reading. */
export const WATCH_EVERY_MS = MINUTE;

/**
 * How long a rotation keeps its credential without a sign of life. No wait is silent for so long, however long its limit
 * is: gate and overlap renew the claim with each look, and the runs on the runtimes renew it for the rotation that waits
 * for them, from an hour after they began. A rotation whose worker went is taken over after that time.
 */
export const CREDENTIAL_CLAIM_MS = 4 * HOUR;

/** After so long the runs on the runtimes show for their rotation that it is alive: until then it has done so itself. */
export const RENEWED_BY_MEMBERS_MS = HOUR;

// The durable host, and services

/**
 * How much sooner than asked a timer may fire: the extension keeps it in a queue whose messages become visible after
 * whole seconds (measured: up to 874 ms).
 */
export const EARLY_MS = SECOND;

/**
 * Before an entity that said no is asked again. Soon, where the host gives the message back at once; then past the time-out
 * after which it shows by itself.
 */
export const ASK_ENTITY_AGAIN_MS: readonly number[] = [30 * SECOND, 6 * MINUTE];

/**
 * How long a run that ended is known again. Event Grid gives up on a delivery after 24 h; a duplicate cannot be older than
 * that by much.
 */
export const REMEMBER_ENDED_MS = 3 * DAY;

/** How long the parts of a run are kept that have told it what they found. A message that comes twice comes within that. */
export const PARTS_KEPT_MS = DAY;

/** No service is waited for longer than this at once, whatever it asks for. */
export const LONGEST_ASKED_MS = 15 * MINUTE;

// Runtimes

/** A rotation asks again after this pause where another run works on the runtime. */
export const BUSY_PAUSE_MS = MINUTE;

/** Before settings are written once more whose new key was refused: until all of the directory knows it, that happens. */
export const REFUSED_PAUSE_MS = 20 * SECOND;

/** An update that ends early shows within the first minute, whatever the profile's pace. */
export const FIRST_LOOK_AFTER_MS = MINUTE;

/** A restart may pass through any state; one from which nothing follows for so long is where the runtime stays. */
export const STALLED_MS = 5 * MINUTE;

/** How often Airflow is asked whether tasks are running still, while a change waits for them. */
export const COUNT_TASKS_EVERY_MS = MINUTE;

// The access check

/** DAG files are read in minutes, not at once, after a restart or an import. */
export const DAG_APPEARS_WITHIN_MS = 10 * MINUTE;

/** The check DAG itself runs for seconds: one that has not ended by then waits for something that does not come. */
export const CHECK_RUN_MS = 10 * MINUTE;

/**
 * How soon an Airflow that is not healthy yet is asked again, and by how much each next pause is longer. The scheduler of a
 * runtime that shows itself ready beats for the first time some ten seconds later (measured on Airflow 2.10 and 3.3).
 */
export const ASK_HEALTH_AGAIN_MS = 10 * SECOND;

/** The longest pause between two questions to an Airflow that is not healthy yet: there are restarts that last minutes. */
export const ASK_HEALTH_MAX_MS = 30 * SECOND;

/** Before the check DAG is looked for or run once more: files are read, and old processes go, in minutes. */
export const ASK_AGAIN_MS = 30 * SECOND;

/** How soon a DAG run is looked at first: the check itself takes seconds. */
export const FOLLOW_FIRST_MS = 8 * SECOND;

/** By how much each next pause is longer. */
export const FOLLOW_MORE_MS = 4 * SECOND;

/** The longest pause between two polls of a DAG run. */
export const FOLLOW_MAX_MS = 30 * SECOND;

// Rotations

/** How long a directory may take until all of it knows a new key. */
export const PROVE_MS = 30 * MINUTE;

/** Between two tries of a new key: a directory that does not know it everywhere may answer otherwise a moment later. */
export const PROVE_AGAIN_MS = 20 * SECOND;

/** Less than the time after which an activity gives a call up. */
export const GIVEN_UP_MS = 20 * SECOND;

/**
 * How long a write that was begun before may still have its effect. The app gives a call up after half a minute, a
 * service may carry it out a while later.
 */
export const FENCE_MS = 5 * MINUTE;

/** How long a directory may keep a key from being seen that was added: minutes, by all accounts; an hour is certain. */
export const DIRECTORY_LAG_MS = HOUR;

/**
 * How soon a gate notices what a person said where nothing told it to look: the API does, so this is for a message that went
 * lost, and for what came while the wait began anew. A person stands before a gate, and a rotation whose credential ends soon
 * behind it: a quarter of an hour can be borne, and is a fifteenth of the looks of each minute.
 */
export const HEAR_GATE_EVERY_MS = 15 * MINUTE;

/**
 * The same in an overlap, which is long, and beside which nobody waits. Each look renews the claim on the credential, so that
 * three in a row may fail before it is gone: a fourth of `CREDENTIAL_CLAIM_MS` at most.
 */
export const HEAR_OVERLAP_EVERY_MS = HOUR;

/**
 * How soon a wait that was told to look, and found nothing, looks again: what it was told travels beside the word to look, and
 * may come later. What says "look" without end gets no more than these looks each time.
 */
export const HEAR_AGAIN_MS: readonly number[] = [5 * SECOND, 30 * SECOND];

/** Before what a run was told is verified again, where no worker could. */
export const VERIFY_AGAIN_MS = MINUTE;

/** A pilot in which its rotation has proven access within that time goes first without another check: one lasts half a minute. */
export const JUST_PROVEN_MS = 5 * MINUTE;

/** A pilot that failed is passed over for so long: by then it has been fixed, or it fails again. */
export const PASSED_OVER_MS = 7 * DAY;

/** Near the end of a credential pauses between rotations become shorter, and never shorter than this. */
export const SHORTEST_PAUSE_MS = 5 * MINUTE;

// Sweeps and events

/** Between two groups of runs that a sweep starts: each run begins with a read, and services grant some 25 a second. */
export const BETWEEN_STARTS_MS = 5 * SECOND;

/** Before an event is sent once more. Short: the run's end waits for it. */
export const SEND_AGAIN_MS = 5 * SECOND;

/** Events that are kept because they could not be sent, and are older than this, are named in the log. */
export const LATE_MS = DAY;
