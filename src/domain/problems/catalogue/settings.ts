import { alike, type ExplainedCodes } from '../explained.js';

/** A conflict: the runtime has something that the app does not touch, and nothing was written. */
export const CONFLICTS = {
  valueWrapped: {
    meaning:
      'the class, the kwargs or an id is right, but stands in quotes or blanks or behind a byte order mark, which reach Airflow with it',
    remedy: 'take them off, or `replace`',
  },
  providerTooOld: {
    meaning:
      "the runtime's requirement lets in no release with the back-end class (3.4.0 and later): Airflow would not start",
    remedy: 'raise or remove it',
  },
  airflowTooOld: {
    meaning: 'the check DAG needs Airflow 2.4 or later',
    remedy: 'a later Airflow, or `access.proof.kind: dag`',
  },
  noProviderRelease: {
    meaning: 'the runtime tells no Airflow version for which a release is known',
    remedy: 'name one: `requirement` in the profile',
  },
  ...alike(['otherBackend', 'overridingSetting'], {
    meaning:
      'another secrets back end, or settings that would win over these or may be meant to (`secrets.backend` in overrides, blanks around a name)',
    remedy: 'remove it, or `onConflict: replace`',
  }),
  ...alike(['otherVault', 'namesDiffer', 'lookupDisabled'], {
    meaning: 'the runtime reads another vault, or makes names in another way',
    remedy: 'align profile and runtime, or `replace`',
  }),
  ...alike(['otherPrincipal', 'identityInKwargs'], {
    meaning: "another principal's id, or kwargs that choose an identity",
    remedy: 'name it in the profile, remove it, or `replace`',
  }),
  kwargsUnreadable: {
    meaning: 'the kwargs are no JSON object; Airflow silently ignores such kwargs',
    remedy: 'fix or remove them, or `replace`',
  },
  twoValues: {
    meaning: 'one setting stands in two places with different values',
    remedy: 'remove one',
  },
  unreadableSettings: {
    meaning: 'a shape that the app cannot write back whole',
    remedy: 'save the runtime in Studio',
  },
  settingsNotShown: {
    meaning: 'a read shows no variables, overrides or requirements where there were some, or may be',
    remedy: 'look in Studio; if they are gone, `containersMayBeEmpty: true`',
  },
  writeNotShown: {
    meaning: 'what the app wrote last is not in the next read; it does not write it again by itself',
    remedy: 'look in Studio, and for a pipeline that writes the runtime; then enable it by hand',
  },
  maskedValue: {
    meaning: 'the service hides a value that a write would destroy',
    remedy:
      'a variable: name it under `writeOnly.variables`; something else: remove it, or set the runtime up by hand',
  },
  ...alike(['passwordNeeded', 'gitCredentialNeeded'], {
    meaning:
      'a password (also with Entra integration on, where there is a `userName`) or git credential that a write must send again',
    remedy:
      'name it under `writeOnly`; where Entra integration is on and nobody needs the password, set `userName` to null in the runtime instead',
  }),
  canaryNameInvalid: {
    meaning: 'prefix, separator and canary make no name that Key Vault takes',
    remedy: 'change one of them',
  },
  ambiguousProfile: {
    meaning: 'two profiles match',
    remedy: 'narrow their patterns',
  },
} as const satisfies ExplainedCodes;

/** Nothing is wrong: the app only reports. */
export const ONLY_REPORTED = {
  existingRuntime: {
    meaning: 'the runtime was there before the app',
    remedy: 'enable it, or all of its profile',
  },
  observedOnly: {
    meaning: 'the profile, or every profile of the credential, only observes',
    remedy: '`mode: enable`',
  },
  firstUnproven: {
    meaning:
      'of several that were there before the first one was written and is not proven: the others were left alone',
    remedy: 'fix what its run says, start the run again',
  },
} as const satisfies ExplainedCodes;
