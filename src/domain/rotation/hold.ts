/**
 * How long a rotation keeps its credential without a sign of life. No wait is silent for so long, however long its limit
 * is: gate and overlap renew the hold in each execution, and the runs on the runtimes renew it for the rotation that waits
 * for them, from an hour after they began. A rotation whose worker went is taken over after that time.
 */
export const CREDENTIAL_HOLD_MS = 4 * 3_600_000;

/** After so long the runs on the runtimes show for their rotation that it is alive: until then it has done so itself. */
export const RENEWED_BY_MEMBERS_MS = 3_600_000;
