/** Why the app leaves a runtime alone. One builder a conflict; texts name settings, never values that may be secret. */

import type { Conflict } from '../runs/plan.js';
import type { Json } from '../values/json.js';
import type { RuntimeWords } from '../values/runtimeWords.js';
import {
  BACKEND,
  BACKEND_CLASS,
  BACKEND_KWARGS,
  MARKER_VARIABLE,
  OLD_BACKEND_CLASS,
} from './backendSettings.js';
import { shownValue } from './redaction.js';

const REPLACE = 'or set onConflict: replace in the profile if the app may take over';

export function unreadableSettings(property: string, { portal }: RuntimeWords): Conflict {
  return {
    code: 'unreadableSettings',
    setting: property,
    message: `The runtime's ${property} has a shape that the app does not know, so it could not be written back whole.`,
    remedy: `Open and save the runtime in ${portal}, which writes the usual shape; report it if it stays.`,
  };
}

export function settingsNotShown(property: string, { portal, byHand }: RuntimeWords): Conflict {
  return {
    code: 'settingsNotShown',
    setting: property,
    message: `This read shows nothing in ${property}, and there may be something: a write would destroy it.`,
    remedy: `Look at ${property} in ${portal}. If it is empty there, say containersMayBeEmpty: true in the profile; if it is not, set the runtime up by hand, as ${byHand} has it.`,
  };
}

export function writeNotShown(settings: readonly string[], { portal }: RuntimeWords): Conflict {
  return {
    code: 'writeNotShown',
    setting: settings.join(', '),
    message: `What the app wrote last is not there in the next read (${settings.join(', ')}): the service does not show it, or something else has written over it. The app does not write it again by itself.`,
    remedy: `Look at the settings in ${portal}, and for a pipeline that writes the runtime. Once they stay, ask for an enablement by hand, which writes them once more: POST /api/runs {"action":"enable","runtime":"…"} with this runtime.`,
  };
}

export function otherBackend(there: Json): Conflict {
  const old = there === OLD_BACKEND_CLASS;
  return {
    code: 'otherBackend',
    setting: BACKEND,
    message: old
      ? `The runtime names the Key Vault back end by its old class path ${OLD_BACKEND_CLASS}, with which Airflow does not start.`
      : 'The runtime already has another secrets back end.',
    remedy: `Remove ${BACKEND} from the runtime (the app sets ${BACKEND_CLASS}), ${REPLACE}.`,
  };
}

/** @param wrapping what stands around the value, for example `quotes` */
export function valueWrapped(setting: string, wrapping: string, effect: string): Conflict {
  const where = wrapping === 'byte order mark' ? 'before' : 'around';
  return {
    code: 'valueWrapped',
    setting,
    message: `${setting} is right but for the ${wrapping} ${where} it, part of the value here: ${effect}.`,
    remedy: `Remove the ${wrapping} ${where} ${setting} in the runtime, ${REPLACE}.`,
  };
}

export function noProviderRelease(airflowVersion: string | undefined): Conflict {
  const what =
    airflowVersion === undefined
      ? 'no Airflow version'
      : `the Airflow version ${airflowVersion.slice(0, 40)}`;
  return {
    code: 'noProviderRelease',
    setting: 'requirement',
    message: `The runtime tells ${what}, for which the app knows no release of the Microsoft provider; without one, pip could bring another Airflow.`,
    remedy:
      'Name the release in the profile, for example requirement: apache-airflow-providers-microsoft-azure==6.2.0.',
  };
}

export function providerTooOld(there: string): Conflict {
  return {
    code: 'providerTooOld',
    setting: 'requirement',
    message: `The runtime asks for ${shownValue('requirement', there)}, and releases before 3.4.0 have no class ${BACKEND_CLASS}: Airflow would not start with it.`,
    remedy:
      'Raise the version in the runtime, or remove the requirement, so that the app adds one that fits.',
  };
}

export function airflowTooOld(version: string): Conflict {
  return {
    code: 'airflowTooOld',
    setting: 'airflowVersion',
    message: `The runtime has Airflow ${version}; the check DAG needs 2.4 or later, so that access could not be proven.`,
    remedy:
      'Make the runtime anew with a later Airflow, or name a DAG of your own in the profile: access.proof.kind: dag.',
  };
}

export function kwargsUnreadable(there: string): Conflict {
  const pasted = there.includes('**') || there.includes('\\<');
  return {
    code: 'kwargsUnreadable',
    setting: BACKEND_KWARGS,
    message: pasted
      ? `${BACKEND_KWARGS} is the documented example pasted as it stands; it is not valid JSON, and Airflow silently ignores it.`
      : `${BACKEND_KWARGS} is not a JSON object, and Airflow silently ignores it.`,
    remedy: `Fix or remove ${BACKEND_KWARGS} in the runtime, ${REPLACE}.`,
  };
}

export function kwargsHidden(): Conflict {
  return {
    code: 'kwargsUnreadable',
    setting: BACKEND_KWARGS,
    message: `The service hides ${BACKEND_KWARGS}; writing the runtime would destroy what is in it.`,
    remedy: `Remove ${BACKEND_KWARGS} from the runtime if nothing of yours is in it, ${REPLACE}.`,
  };
}

export function identityInKwargs(key: string): Conflict {
  return {
    code: 'identityInKwargs',
    setting: `${BACKEND_KWARGS}.${key}`,
    message: `The kwargs choose an identity of their own (${key}); newer providers prefer it to the environment.`,
    remedy: `Remove ${key} from ${BACKEND_KWARGS}, ${REPLACE}.`,
  };
}

export function otherVault(there: string, wanted: string): Conflict {
  const host = URL.canParse(there) ? new URL(there).host : 'something that is no URL';
  return {
    code: 'otherVault',
    setting: `${BACKEND_KWARGS}.vault_url`,
    message: `The runtime reads another vault (${host}) than the profile's ${wanted}.`,
    remedy: `Change the profile's vault or the runtime's vault_url, ${REPLACE}.`,
  };
}

export function namesDiffer(key: string, wanted: string | null): Conflict {
  return {
    code: 'namesDiffer',
    setting: `${BACKEND_KWARGS}.${key}`,
    message: `The runtime's ${key} differs from the profile's (${wanted === null ? 'null' : `"${wanted}"`}); its DAGs may depend on it.`,
    remedy: `Set the profile's value to the runtime's, ${REPLACE}.`,
  };
}

export function lookupDisabled(key: string): Conflict {
  return {
    code: 'lookupDisabled',
    setting: `${BACKEND_KWARGS}.${key}`,
    message: `The runtime's ${key} is null, which switches that look-up off; the profile's is not.`,
    remedy: `Set the profile's to null as well, remove ${key} from ${BACKEND_KWARGS}, ${REPLACE}.`,
  };
}

export function canaryNameInvalid(why: string): Conflict {
  return {
    code: 'canaryNameInvalid',
    setting: BACKEND_KWARGS,
    message: `The canary has no name in the vault: ${why}.`,
    remedy: 'Fix the prefix or separator, or access.proof.canary in the profile.',
  };
}

export function otherPrincipal(name: string, there: string): Conflict {
  return {
    code: 'otherPrincipal',
    setting: name,
    message: `The runtime's ${name} is another principal's (${shownValue(name, there)}).`,
    remedy: `Name that principal in the profile's credential, remove ${name} from the runtime, ${REPLACE}.`,
  };
}

export function twoValues(name: string): Conflict {
  return {
    code: 'twoValues',
    setting: name,
    message: `${name} stands in the overrides and in the environment variables with different values.`,
    remedy: `Remove one of the two, ${REPLACE} (the overrides' one stays).`,
  };
}

export function identityInOverrides(name: string): Conflict {
  return {
    code: 'twoValues',
    setting: name,
    message: `${name} stands in the configuration overrides, where it could win over the environment variable that the app sets.`,
    remedy: `Remove ${name} from the configuration overrides, ${REPLACE}.`,
  };
}

export function overridingSetting(name: string): Conflict {
  return {
    code: 'overridingSetting',
    setting: name,
    message: `${name} would win over the app's settings: it decides which back end, vault or identity is used.`,
    remedy: `Remove ${name} from the runtime, ${REPLACE}.`,
  };
}

export function maskedValue(name: string): Conflict {
  return {
    code: 'maskedValue',
    setting: name,
    message: `The service hides the value of ${name}; writing the runtime would destroy it.`,
    remedy: `Put the value into the operator's vault and name it in the profile: writeOnly.variables.${name}. Or remove the variable if it is empty.`,
  };
}

export function maskedElsewhere(place: string, { byHand }: RuntimeWords): Conflict {
  return {
    code: 'maskedValue',
    setting: place,
    message: `The service hides the value of ${place}; writing the runtime would destroy it.`,
    remedy: `The app has nowhere to take it from. Remove it from the runtime, or set the runtime up by hand, as ${byHand} has it; report it if the service hides what is no secret.`,
  };
}

export function markerHidden(): Conflict {
  return {
    code: 'maskedValue',
    setting: MARKER_VARIABLE,
    message: `The service hides ${MARKER_VARIABLE}, so the app cannot tell whether the runtime has the credential; it would write, and restart Airflow, at every look.`,
    remedy:
      'Start an access check to prove access; report the shape in which the service gives its variables.',
  };
}
