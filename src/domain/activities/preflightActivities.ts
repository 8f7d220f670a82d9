import type { PreflightReport } from '../preflight/report.js';
import type { CallFailure } from '../problems/callResult.js';

/** What a preflight asks activities to do. */
export interface PreflightActivities {
  /** Looks at everything that is configured. Writes nothing. */
  readonly gatherPreflight: {
    readonly input: Record<string, never>;
    readonly output: ({ readonly kind: 'gathered' } & PreflightReport) | CallFailure;
  };
}
