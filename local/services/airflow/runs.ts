/** The life of DAG runs: queued, running, done, on the local cloud's clock and in the processes that are up. */
import { randomUUID } from 'node:crypto';
import type { CheckAnswer } from '../../../src/domain/proof/checkAnswer.js';
import { MARKER_VARIABLE } from '../../../src/domain/settings/backendSettings.js';
import type { Kernel } from '../../kernel/types.js';
import type { Directory, RunningAirflow, RunningAirflows, VaultReader } from '../types.js';
import { loadBackend } from './backend.js';
import { type DagRun, type DagSettings, type RuntimeState, SCHEDULING_SECONDS } from './state.js';
import { importErrorOf, retriesOf } from './views.js';
import { createWorker } from './worker.js';

const SCHEDULING_MS = SCHEDULING_SECONDS * 1000;
const RETRY_DELAY_MS = 300_000;
/** The variable that the sample DAG reads. */
const SAMPLE_VARIABLE = 'sample-variable';

export interface RunPeers {
  readonly directory: Directory;
  readonly vaults: VaultReader;
  readonly airflows: RunningAirflows;
  /** The state of a runtime by its resource id. */
  readonly stateOf: (resourceId: string) => RuntimeState;
}

export interface Runs {
  add(
    resourceId: string,
    run: Pick<DagRun, 'id' | 'dagId' | 'runType' | 'conf' | 'note' | 'logicalDate' | 'triggeredBy'>,
  ): DagRun;
  /** Moves on what waited for a DAG to be unpaused or for processes to come up. Called before each look at the runs. */
  wake(resourceId: string): void;
  /** Sets the timers of all runs again. */
  restore(resourceIds: readonly string[]): void;
}

/** Whether the processes of an Airflow are up and their back end loads: with a wrong class nothing starts. */
export function isUp(airflow: RunningAirflow | undefined): airflow is RunningAirflow {
  return airflow?.up === true && loadBackend(airflow, 'server').kind !== 'broken';
}

export function createRuns(kernel: Kernel, peers: RunPeers): Runs {
  const { clock, ledger } = kernel;
  const timers = new Map<string, () => void>();

  const arm = (resourceId: string, run: DagRun) => {
    timers.get(run.uuid)?.();
    timers.delete(run.uuid);
    if (run.dueAt === null) return;
    timers.set(
      run.uuid,
      clock.schedule(run.dueAt, () => {
        timers.delete(run.uuid);
        // A restored or reset state has other runs than the timer knows of.
        const current = peers.stateOf(resourceId).runs.find(({ uuid }) => uuid === run.uuid);
        if (current) step(resourceId, current);
      }),
    );
  };

  const step = (resourceId: string, run: DagRun) => {
    run.dueAt = null;
    const airflow = peers.airflows.byResourceId(resourceId);
    const dag = peers.stateOf(resourceId).dags[run.dagId];
    if (isUp(airflow)) {
      if (run.state === 'queued' && canStart(dag, airflow)) begin(resourceId, run, airflow);
      else if (run.state === 'running') work(resourceId, run, airflow, dag);
    }
    kernel.changed();
    arm(resourceId, run);
  };

  const begin = (resourceId: string, run: DagRun, airflow: RunningAirflow) => {
    run.state = 'running';
    run.startedAt = clock.now();
    run.processesSince = airflow.startedAt;
    run.tries = 1;
    run.dueAt = clock.now() + peers.stateOf(resourceId).dagSeconds * 1000 - SCHEDULING_MS;
  };

  const work = (resourceId: string, run: DagRun, airflow: RunningAirflow, dag: DagSettings | undefined) => {
    const state = peers.stateOf(resourceId);
    const worker = createWorker(airflow, state.variables, { ...peers, ledger });
    // A task whose processes a restart took away does not come back: the scheduler finds it dead.
    const survived = run.processesSince === airflow.startedAt && dag !== undefined;
    const result = survived ? perform(run, dag, airflow, worker) : { succeeded: false, value: null };
    if (!result.succeeded && survived && run.tries <= retriesOf(dag)) {
      run.tries += 1;
      run.dueAt = clock.now() + RETRY_DELAY_MS;
      return;
    }
    run.state = result.succeeded ? 'success' : 'failed';
    run.endedAt = clock.now();
    run.returnValue = result.value;
    ledger.record({
      service: 'airflow',
      operation: 'dagRun.finished',
      subject: `${airflow.resourceId}/dags/${run.dagId}/dagRuns/${run.id}`,
      detail: { state: run.state, credential: worker.credential },
    });
  };

  const wake = (resourceId: string): void => {
    const { runs, dags } = peers.stateOf(resourceId);
    const waiting = runs.filter((run) => run.endedAt === null && run.dueAt === null);
    if (waiting.length === 0) return;
    const airflow = peers.airflows.byResourceId(resourceId);
    if (!isUp(airflow)) return;
    for (const run of waiting) {
      if (run.state === 'queued' && !canStart(dags[run.dagId], airflow)) continue;
      run.dueAt = clock.now() + SCHEDULING_MS;
      arm(resourceId, run);
    }
  };

  return {
    add(resourceId, given) {
      const run: DagRun = {
        ...given,
        uuid: randomUUID(),
        state: 'queued',
        tries: 0,
        queuedAt: clock.now(),
        startedAt: null,
        endedAt: null,
        dueAt: null,
        processesSince: null,
        returnValue: null,
      };
      peers.stateOf(resourceId).runs.push(run);
      kernel.changed();
      wake(resourceId);
      return run;
    },

    wake,

    restore(resourceIds) {
      for (const cancel of timers.values()) cancel();
      timers.clear();
      for (const resourceId of resourceIds) {
        for (const run of peers.stateOf(resourceId).runs) arm(resourceId, run);
      }
    },
  };
}

function canStart(dag: DagSettings | undefined, { airflowVersion }: RunningAirflow): boolean {
  return (
    dag !== undefined &&
    !dag.missing &&
    !dag.paused &&
    dag.behaviour !== 'hangs' &&
    importErrorOf(dag, airflowVersion) === null
  );
}

function perform(
  run: DagRun,
  dag: DagSettings,
  airflow: RunningAirflow,
  worker: ReturnType<typeof createWorker>,
): { succeeded: boolean; value: string | null } {
  if (dag.behaviour === 'fails') return { succeeded: false, value: null };
  if (dag.behaviour === 'forged') {
    return { succeeded: true, value: dag.forgedAnswer ?? JSON.stringify(forgery(airflow)) };
  }
  switch (dag.file) {
    case 'check': {
      const answer = worker.check(run.conf);
      return { succeeded: answer !== undefined, value: answer === undefined ? null : JSON.stringify(answer) };
    }
    case 'tutorial':
      return { succeeded: worker.hasVariable(SAMPLE_VARIABLE), value: null };
    case 'plain':
      return { succeeded: true, value: null };
  }
}

/** Right in all that somebody can know without the canary's value. */
function forgery(airflow: RunningAirflow): CheckAnswer {
  const backend = loadBackend(airflow, 'worker');
  return {
    version: 1,
    answer: '0'.repeat(64),
    marker: airflow.environment[MARKER_VARIABLE] ?? null,
    backend: backend.kind === 'loaded' ? backend.className : null,
    vaultUrl: backend.kind === 'loaded' ? backend.vaultUrl : null,
    direct: { outcome: 'found', errorType: null, status: null, aadsts: null, reason: null },
    variable: { outcome: 'same', errorType: null },
    airflow: airflow.airflowVersion,
  };
}
