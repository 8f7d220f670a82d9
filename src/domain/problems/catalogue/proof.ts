import { alike, type ExplainedCodes } from '../explained.js';

/** The check came to no answer, or to a wrong one. */
export const CHECK_DAG = {
  ...alike(['dagMissing', 'dagImportError'], {
    meaning: 'it is not there, or cannot be imported',
    remedy: 'deploy `dags/airlock_check.py`; fix the file',
  }),
  ...alike(['dagRunFailed', 'dagRunGone', 'checkRunStuck', 'checkTimedOut'], {
    meaning: 'its run failed, vanished, or never ended',
    remedy: "the task's log; scheduler and workers",
  }),
  ...alike(['answerMissing', 'answerMalformed', 'wrongAnswer'], {
    meaning: 'another DAG of that name, or it reads something else',
    remedy: 'deploy the file unchanged',
  }),
  ...alike(['canaryMissing', 'canaryChanged', 'canaryNotFound', 'canaryDisabled'], {
    meaning: 'somebody touched the canary',
    remedy: 'start a check: it makes a missing one again',
  }),
} as const satisfies ExplainedCodes;

/** The check came to an answer, and the worker does not read the vault as it should. */
export const WORKER = {
  ...alike(['backendNotLoaded', 'wrongBackendClass', 'kwargsIgnored', 'readsOtherVault'], {
    meaning: 'the settings did not reach the worker, or something overrides them',
    remedy: 'remove the override, enable again',
  }),
  ...alike(['credentialRefused', 'credentialUnusable'], {
    meaning: "Entra refuses the worker's credential (the code is named), or its variables are incomplete",
    remedy: 'as above',
  }),
  ...alike(['vaultUnreachable', 'vaultBusy', 'backendError'], {
    meaning: 'the vault does not answer the worker',
    remedy: "network, throttling; the task's log",
  }),
  ...alike(['otherLayerAnswers', 'variableNotReadable'], {
    meaning: 'a copy in the metastore or environment answers first, or nothing does',
    remedy: 'remove the copy',
  }),
  oldCredential: {
    meaning: 'the old processes still answer',
    remedy: 'wait, check again; restart the runtime',
  },
} as const satisfies ExplainedCodes;
