/**
 * How a run can end: each outcome, what it means for people and what to do. docs/reference.md is made from it
 * (`npm run docs`), and so is the list of outcomes that the API and the events give.
 */
import { alike, type Explained } from '../problems/explained.js';

interface ExplainedOutcome extends Explained {
  /** Somebody has to do something. */
  readonly needsSomebody: boolean;
}

const NOTHING = { needsSomebody: false, remedy: '' } as const;
const SEE_PROBLEM = {
  needsSomebody: true,
  remedy: 'what its `problem` says: [every problem](problems.md)',
} as const;

export const OUTCOMES = {
  ...alike(['enabled', 'accessProven'], {
    ...NOTHING,
    meaning: 'settings are there, a DAG has read the vault',
  }),
  alreadyEnabled: { ...NOTHING, meaning: 'nothing to change, proven within `proveEveryHours`' },
  planned: { ...NOTHING, meaning: 'dry run: look at `plan`' },
  reported: {
    needsSomebody: false,
    meaning: 'nothing was written: the runtime was there before the app, or its profile only observes',
    remedy: '`problem` says how it is enabled',
  },
  busy: {
    needsSomebody: false,
    meaning: 'another run (`otherRunId`) works on the runtime and looks once more afterwards',
    remedy: 'follow that run',
  },
  ...alike(['irrelevant', 'gone'], {
    ...NOTHING,
    meaning: 'not Airflow, no profile, or it does not exist',
  }),
  cancelled: { ...NOTHING, meaning: 'as asked; the summary says whether settings were written' },
  ...alike(['rotated', 'upToDate'], {
    ...NOTHING,
    meaning: 'every runtime has the credential, no debt is left',
  }),
  prepared: { ...NOTHING, meaning: 'the preflight found nothing missing' },
  incomplete: {
    needsSomebody: true,
    meaning: 'a run over a profile: some of its runtimes need somebody',
    remedy: '`result.runs` names them first; read those runs, then start it again',
  },
  unprepared: {
    needsSomebody: true,
    meaning: 'something is missing',
    remedy: '`result.rows` has the command for each',
  },
  swept: { ...NOTHING, meaning: '`result` says what was found and started' },
  rotatedPartly: {
    needsSomebody: true,
    meaning: 'the new credential is in use; `result` names stragglers and debts',
    remedy: 'fix what their runs say; rotate again',
  },
  rolledBack: {
    needsSomebody: true,
    meaning: 'the runtimes have what they had, what was minted is removed, or a debt',
    remedy: '`problem`; it is tried again after 1 h, doubling, at most 24 h',
  },
  expiring: {
    needsSomebody: true,
    meaning: 'what the runtimes have nears its end and nothing comes after it, or nobody knows when it ends',
    remedy: '`problem` has the command',
  },
  tooSoon: {
    needsSomebody: false,
    meaning:
      'a rotation failed a short while ago; the summary says what the runtimes have, and `notBefore` when it is tried again',
    remedy: 'wait, or ask for it',
  },
  declined: {
    needsSomebody: false,
    meaning:
      'somebody rejected the rotation, or the removal, at its gate; that stands until the credential is urgent or somebody asks',
    remedy: '`POST /api/runs` `{action: "rotate", credential}` asks again',
  },
  conflict: {
    ...SEE_PROBLEM,
    meaning: 'the runtime has settings of somebody else, or a write would lose a value: nothing was written',
  },
  ambiguous: { ...SEE_PROBLEM, meaning: 'two profiles match the runtime' },
  checkFailed: { ...SEE_PROBLEM, meaning: 'the access check failed; the settings stay' },
  credentialRefused: {
    ...SEE_PROBLEM,
    meaning: 'the credential could not be proven; nothing was written',
  },
  notReady: { ...SEE_PROBLEM, meaning: 'the runtime is in a failed state, or a deadline passed' },
  refused: { ...SEE_PROBLEM, meaning: 'Azure refused a call for good (a permission, a validation)' },
  interrupted: {
    ...SEE_PROBLEM,
    meaning: 'another run took the right to write, retries ran out, or the host ended the run',
  },
} as const satisfies Readonly<Record<string, ExplainedOutcome>>;

/** How a run ended. */
export type RunOutcome = keyof typeof OUTCOMES;

export const RUN_OUTCOMES = Object.keys(OUTCOMES) as readonly RunOutcome[];

/** An outcome after which somebody has to do something. */
export function needsAttention(outcome: RunOutcome): boolean {
  return OUTCOMES[outcome].needsSomebody;
}
