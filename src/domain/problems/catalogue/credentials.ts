import { alike, type ExplainedCodes } from '../explained.js';

/** What the operator keeps: the client secret, its application, its end. */
export const CREDENTIAL = {
  credentialMissing: {
    meaning: "no such secret in the operator's vault",
    remedy: 'set it',
  },
  ...alike(['clientSecretRefused', 'clientSecretExpired'], {
    meaning:
      'Entra refuses the client secret (AADSTS7000215, AADSTS7000222); where its value ends with a line end, stands in quotes or blanks, or is the id of a secret, the message says so',
    remedy: "put a valid one into the operator's vault",
  }),
  ...alike(['applicationMissing', 'tenantMissing', 'entraRefused'], {
    meaning: 'wrong ids, or a policy',
    remedy: 'correct the profile; look the AADSTS code up',
  }),
  credentialExpiring: {
    meaning: 'it nears its end and nothing is there to replace it',
    remedy: 'write a new version, or choose a `rotation.strategy` by which the app mints it',
  },
  credentialLate: {
    meaning: 'it nears its end, or is past it, and its rotations do not come through',
    remedy: 'read its newest runs, fix what they say',
  },
  expiryUnknown: {
    meaning: 'neither the version nor Entra says when it ends',
    remedy: 'give the version its expiry',
  },
  keyUnnoted: {
    meaning: 'the app has found the key of a version and may not note it there',
    remedy: 'the remedy has the command',
  },
} as const satisfies ExplainedCodes;

/** A rotation did not go through, or not all the way. */
export const ROTATION = {
  ...alike(['pilotFailed', 'tooManyFailed'], {
    meaning: 'runtimes did not get through with the new credential; all went back',
    remedy: 'read their runs',
  }),
  noPilot: {
    meaning:
      'in the runtimes that were to go first access does not work as it is, or they could not be proven after the change for reasons of their own, such as a restart beyond its limit',
    remedy: 'read their checks',
  },
  secretOverwritten: {
    meaning:
      'somebody wrote, disabled or deleted the secret while a rotation was under way: it went back and wrote nothing over that',
    remedy: 'let the sweep move the runtimes to what the secret holds, or rotate once more',
  },
  newCredentialExpired: {
    meaning: 'the new credential ended while the rotation waited',
    remedy: 'start again; where the app mints none, write a new version of the secret first',
  },
  newCredentialUnproven: {
    meaning: 'Entra or a vault did not take the new credential',
    remedy: 'start again if Entra was slow; grant the missing role',
  },
  ...alike(['mintedTooShort', 'credentialPolicy'], {
    meaning: 'a policy of the tenant caps lifetimes',
    remedy: 'lower `validityDays` or `rotateBeforeDays`',
  }),
  notApproved: {
    meaning:
      'rejected, or nobody approved in time; with `before: removal` no key goes without a yes, whatever run removes it',
    remedy: 'start again and approve',
  },
  remainingUnproven: {
    meaning: 'the new credential died in the overlap, or could not be proven: the old keys stay',
    remedy: 'wait for the sweep if Entra was away; else write or mint another',
  },
  rotationIncomplete: {
    meaning: 'stragglers, debts or failed last checks',
    remedy: 'as the result says',
  },
  ...alike(['credentialTaken', 'credentialGone', 'credentialRetiring'], {
    meaning: 'another run, or another configuration, was faster',
    remedy: 'start again',
  }),
  graphForbidden: {
    meaning: 'Application.ReadWrite.OwnedBy or ownership is missing',
    remedy: 'the remedy has both commands',
  },
  ...alike(['graphUnauthorized', 'graphApplicationMissing', 'graphRefused', 'graphUnreadable'], {
    meaning: 'wrong tenant or ids, or a refusal of another kind',
    remedy: 'correct the credential; look at the application',
  }),
  topicRefused: {
    meaning: "the events' topic refuses the app",
    remedy: 'EventGrid Data Sender; `events.schema`',
  },
} as const satisfies ExplainedCodes;
