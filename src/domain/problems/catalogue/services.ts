import { alike, type ExplainedCodes } from '../explained.js';

/** A vault refuses, whoever asked. */
export const VAULTS = {
  ...alike(['vaultRoleMissing', 'accessPolicyMissing'], {
    meaning: 'a role (or access policy) is missing',
    remedy: 'grant it: the remedy has the command',
  }),
  blockedByFirewall: {
    meaning: "the vault's firewall",
    remedy: 'let the outbound address in',
  },
  ...alike(['secretMissing', 'secretDisabled'], {
    meaning: 'a secret that the profile names is not there, or its current version is disabled',
    remedy: 'set or enable it',
  }),
  secretDeleted: {
    meaning: 'a secret of that name is deleted and still kept: nothing can be written under the name',
    remedy: 'recover it, or purge it, which cannot be undone: the remedy has both commands',
  },
  ...alike(['vaultUnauthorized', 'vaultRefused'], {
    meaning: 'another tenant or cloud, or a refusal of another kind',
    remedy: 'look at the vault in the portal',
  }),
} as const satisfies ExplainedCodes;

/** Resource Manager refuses, or what it answers cannot be used. */
export const RESOURCE_MANAGER = {
  resourceManagerForbidden: {
    meaning: "the app's identity lacks an operation",
    remedy: 'grant the role: the remedy has the command',
  },
  ...alike(['resourceManagerUnauthorized', 'resourceManagerRefused', 'runtimeUnreadable'], {
    meaning: 'another tenant or cloud, or a request that the service does not take',
    remedy: 'look at the activity log',
  }),
  ...alike(['deniedByPolicy', 'resourceLocked', 'subscriptionDisabled'], {
    meaning: 'an Azure Policy, a lock or a disabled subscription forbids the write: no role cures that',
    remedy: 'the remedy says who must lift it',
  }),
  keepsChanging: {
    meaning: 'somebody else writes the runtime all the time',
    remedy: 'find who, let it finish',
  },
  writeUnguarded: {
    meaning: 'the service gave no version of what was read: no write can be bound to it',
    remedy: 'start again; if it stays so, set the runtime up by hand',
  },
  retriesExhausted: {
    meaning: 'throttled or failing for long',
    remedy: 'start it again later',
  },
} as const satisfies ExplainedCodes;
