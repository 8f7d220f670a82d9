/** Problems that an answer of the check DAG shows. One builder a problem. */

import type { Credential, SecretReference } from '../../domain/configuration/credential.js';
import type { Problem } from '../../domain/problems/problem.js';
import { newCredentialCommand } from '../../domain/rotation/commands.js';
import { BACKEND, BACKEND_CLASS, BACKEND_KWARGS } from '../../domain/settings/backendSettings.js';
import type { RuntimeWords } from '../../domain/values/runtimeWords.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';

/** The words of the runtime's kind. */
type Spoken = Pick<RuntimeWords, 'portal'>;

export function oldCredential(absent: boolean, { portal }: Spoken): Problem {
  return {
    code: 'oldCredential',
    message: absent
      ? 'The worker that answered has no marker: it still runs with the settings of before.'
      : 'The worker that answered carries another credential: it still runs with the settings of before.',
    remedy: `Airflow may take longer to restart than limits.checkMinutes allows: start an access check. If it stays so, restart the runtime in ${portal}.`,
  };
}

export function backendNotLoaded({ portal }: Spoken): Problem {
  return {
    code: 'backendNotLoaded',
    message: 'No secrets back end is loaded in the worker.',
    remedy: `Look whether ${BACKEND} reaches the worker (${portal}, the runtime's settings), then start an enablement.`,
  };
}

export function wrongBackendClass(): Problem {
  return {
    code: 'wrongBackendClass',
    message: `The worker has loaded another secrets back end than ${BACKEND_CLASS}.`,
    remedy: `Remove what sets it (on Airflow 3 also AIRFLOW__WORKERS__SECRETS_BACKEND), then start an enablement.`,
  };
}

export function kwargsIgnored(): Problem {
  return {
    code: 'kwargsIgnored',
    message: `The back end in the worker has no vault_url: Airflow could not read ${BACKEND_KWARGS} and went on without.`,
    remedy: `Look at ${BACKEND_KWARGS} in the runtime: it must be one JSON object. Then start an enablement.`,
  };
}

export function readsOtherVault(wanted: string): Problem {
  return {
    code: 'readsOtherVault',
    message: `The back end in the worker reads another vault than ${wanted}.`,
    remedy: `Remove what overrides vault_url (AIRFLOW__SECRETS__BACKEND_KWARG__VAULT_URL, AIRFLOW__WORKERS__…), then start an enablement.`,
  };
}

export function canaryNotFound(canary: SecretReference): Problem {
  return {
    code: 'canaryNotFound',
    message: `The worker reads the vault, but finds no secret ${canary.name} there.`,
    remedy:
      'Look whether somebody deleted the canary or the prefix in the kwargs differs; an access check makes it again.',
  };
}

export function credentialRefused(aadsts: string, credential: Credential): Problem {
  const meaning: Record<string, string> = {
    AADSTS7000215: 'the client secret is wrong or was removed',
    AADSTS7000222: 'the client secret has expired',
    AADSTS700016: 'the application is not in the tenant',
    AADSTS90002: 'the tenant does not exist',
    AADSTS53003: 'a Conditional Access policy blocks it',
  };
  return {
    code: 'credentialRefused',
    message: `Entra refuses the worker's credential with ${aadsts}${meaning[aadsts] ? `: ${meaning[aadsts]}` : ''}.`,
    remedy: `${newCredentialCommand(credential.clientId, credential.secret)}, then start an enablement.`,
  };
}

export function credentialUnusable(credential: Credential): Problem {
  return {
    code: 'credentialUnusable',
    message: 'The worker got no token: its identity variables are incomplete or Entra did not answer it.',
    remedy: `Look whether AZURE_TENANT_ID, AZURE_CLIENT_ID (${credential.clientId}) and AZURE_CLIENT_SECRET reach the worker, and whether it can reach Entra.`,
  };
}

export function roleMissing(credential: Credential, canary: SecretReference): Problem {
  const vault = vaultNameOf(canary.vault);
  return {
    code: 'vaultRoleMissing',
    message: `The vault ${vault} refuses the principal ${credential.clientId}: it has no role that reads secrets there.`,
    remedy: `az role assignment create --role "Key Vault Secrets User" --assignee ${credential.clientId} --scope $(az keyvault show --name ${vault} --query id --output tsv)`,
  };
}

export function accessPolicyMissing(credential: Credential, canary: SecretReference): Problem {
  const vault = vaultNameOf(canary.vault);
  return {
    code: 'accessPolicyMissing',
    message: `The vault ${vault} works with access policies and has none that lets ${credential.clientId} read secrets.`,
    remedy: `az keyvault set-policy --name ${vault} --spn ${credential.clientId} --secret-permissions get`,
  };
}

export function blockedByFirewall(canary: SecretReference, { portal }: Spoken): Problem {
  const vault = vaultNameOf(canary.vault);
  return {
    code: 'blockedByFirewall',
    message: `The firewall of the vault ${vault} does not let the runtime in.`,
    remedy: `Allow the runtime's outbound address (${portal} shows it): az keyvault network-rule add --name ${vault} --ip-address …`,
  };
}

export function canaryDisabled(canary: SecretReference): Problem {
  return {
    code: 'canaryDisabled',
    message: `The canary ${canary.name} is disabled.`,
    remedy: `az keyvault secret set-attributes --vault-name ${vaultNameOf(canary.vault)} --name ${canary.name} --enabled true`,
  };
}

export function vaultBusy(canary: SecretReference): Problem {
  return {
    code: 'vaultBusy',
    message: `The vault ${vaultNameOf(canary.vault)} throttles or fails the worker's read.`,
    remedy: 'Start an access check later; if it stays, look at the vault’s metrics and service health.',
  };
}

export function vaultUnreachable(vault: string): Problem {
  return {
    code: 'vaultUnreachable',
    message: `The worker cannot reach ${vault}.`,
    remedy:
      'Look whether the vault exists, and whether its network settings let the runtime’s outbound address in.',
  };
}

export function otherLayerAnswers(canary: SecretReference): Problem {
  return {
    code: 'otherLayerAnswers',
    message: `A DAG that asks for the variable behind ${canary.name} gets another value than the vault's: another layer answers first.`,
    remedy:
      'Remove the variable of that name from Airflow (Admin, Variables) and from AIRFLOW_VAR_… in the environment.',
  };
}

export function variableNotReadable(canary: SecretReference): Problem {
  return {
    code: 'variableNotReadable',
    message: `The back end gives ${canary.name}, but a DAG that asks Airflow for it gets nothing.`,
    remedy:
      'Look at the task’s log in the Airflow web interface: something between the DAG and the back end fails.',
  };
}

export function wrongAnswer(canary: SecretReference): Problem {
  return {
    code: 'wrongAnswer',
    message: `The answer to the challenge is wrong: what the worker read is not the value of ${canary.name} in ${canary.vault}.`,
    remedy:
      'Look whether dags/airlock_check.py is deployed unchanged and whether the worker reads this very vault.',
  };
}

export function unknownError(vault: string): Problem {
  return {
    code: 'backendError',
    message: `The back end in the worker failed to read ${vault} with an error that the app does not know.`,
    remedy: 'Read the log of the check DAG’s task in the Airflow web interface.',
  };
}
