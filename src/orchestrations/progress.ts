import { withinBudget } from '../domain/runs/customStatus.js';
import type { Plan } from '../domain/runs/plan.js';
import type { RotationProgress } from '../domain/runs/rotations.js';
import type { TrailEntry } from '../domain/runs/runs.js';
import { appendToTrail } from '../domain/runs/trail.js';
import { type OrchestrationContext, showStatus, versionOf } from './durable.js';
import { isoNow } from './flow.js';

/** What a rotation waits for. */
type Waiting = Pick<
  RotationProgress,
  'waitingFor' | 'overlapSince' | 'overlapUntil' | 'overlapLatest' | 'listener'
>;

/** The run's audit trail, and the custom status that shows the step under way and since when. */
export class Progress {
  #trail: TrailEntry[];
  #step = 'start';
  #since: string;
  #plan: Plan | undefined;
  #extra: Waiting = {};
  #unstoppable: string | undefined;

  constructor(
    private readonly context: OrchestrationContext,
    trail: readonly TrailEntry[] = [],
  ) {
    this.#trail = [...trail];
    this.#since = isoNow(context);
  }

  get trail(): readonly TrailEntry[] {
    return this.#trail;
  }

  /** A step begins: shown at once, with what a rotation waits for. */
  begin(step: string, extra: Waiting = {}): void {
    this.#step = step;
    this.#since = isoNow(this.context);
    this.#extra = extra;
    this.#show();
  }

  /** The step goes on and waits for something else. */
  waitFor(extra: Waiting): void {
    this.#extra = extra;
    this.#show();
  }

  /**
   * From here on nobody can cancel the run.
   *
   * @param why a sentence for whoever tries
   */
  pastCancelling(why: string): void {
    this.#unstoppable = why;
    this.#show();
  }

  /** The step's outcome, in words; goes into the audit trail. */
  logStep(outcome: string, step = this.#step): void {
    this.#trail = appendToTrail(this.#trail, { at: isoNow(this.context), step, outcome });
  }

  /** Entries that a sub-orchestration brings home. */
  include(entries: readonly TrailEntry[]): void {
    this.#trail = appendToTrail(this.#trail, ...entries);
  }

  showPlan(plan: Plan): void {
    this.#plan = plan;
    this.#show();
  }

  #show(): void {
    const version = versionOf(this.context);
    const status: RotationProgress = {
      step: this.#step,
      since: this.#since,
      trail: this.#trail,
      ...(this.#plan ? { plan: this.#plan } : {}),
      ...(version ? { version } : {}),
      ...this.#extra,
      ...(this.#unstoppable === undefined ? {} : { unstoppable: this.#unstoppable }),
    };
    showStatus(this.context, withinBudget(status));
  }
}
