import { alike, type ExplainedCodes } from '../explained.js';

/** The app itself, and the host that it runs on. */
export const APP = {
  identityUnavailable: {
    meaning: "the preflight's identity gives no token",
    remedy: 'give the app a managed identity; elsewhere `az login`',
  },
  lookupRefused: {
    meaning: 'Resource Manager shows the preflight no vaults or permissions',
    remedy: 'grant what its row says',
  },
  runtimesFailed: {
    meaning: 'a run over a profile: how many of its runtimes need somebody',
    remedy: 'the runs that `result.runs` names first say each what to do',
  },
  ...alike(['leaseLost', 'profileGone', 'unexpected'], {
    meaning: 'another run was faster, the configuration changed, or a defect',
    remedy: 'start the run again; read the log',
  }),
  newerVersion: {
    meaning: 'the app was rolled back, and a newer version began the run: it waits',
    remedy: "deploy that version again, or terminate the run's instance and start it anew",
  },
  hostEnded: {
    meaning:
      "the app's process went while a run (or a part of one, twice) worked, or somebody terminated it in the host; nothing pauses for it",
    remedy:
      "let `childRunIds` end; start the run again, or leave it to the next sweep, which lets go of a dead rotation's credential (a runtime is free after 30 min)",
  },
  cancelled: {
    meaning: 'somebody cancelled the run; the summary says how far it had come',
    remedy: 'start it again for the rest, when it suits',
  },
} as const satisfies ExplainedCodes;
