import type { Profile } from '../../domain/configuration/profile.js';
import { letsIn } from '../../domain/preflight/addresses.js';
import { grantAirflow, vaultScope } from '../../domain/preflight/grants.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import {
  dagMissing,
  dagNotImported,
  importErrorBehind,
  webServerNotHealthy,
} from '../../domain/proof/checkProblems.js';
import { profileCanary } from '../../domain/proof/profileCanary.js';
import type { Snapshot } from '../../domain/settings/snapshot.js';
import { displayRuntime, type RuntimeId } from '../../domain/values/runtimeId.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';
import type { ListedRuntime } from '../../runtimes/port.js';
import { runtimesOf } from '../profileRuntimes.js';
import { readCredential } from '../readCredential.js';
import { readSecret } from '../readSecret.js';
import { tryLogin } from './airflowLogin.js';
import type { PreflightContext } from './context.js';
import type { ExaminedVaults } from './vaults.js';

/** Of a fleet, the first ones are asked, side by side: an Airflow that does not answer takes half a minute. */
const MOST_ASKED = 20;

/** Each profile's principal in its vault, and its runtimes: addresses, web server, DAG. */
export async function runtimeRows(
  context: PreflightContext,
  vaults: ExaminedVaults,
): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  for (const profile of context.configuration.profiles) {
    rows.push(await principalRow(context, vaults, profile));
    const row = { what: 'runtimes', where: `profile ${profile.name}`, why: 'enable them' };
    const listed = await runtimesOf(context.azure, profile);
    if (listed.kind !== 'listed') {
      rows.push(rowOfList(row, listed));
      continue;
    }
    const count = listed.runtimes.length;
    const over = count > MOST_ASKED ? `; the first ${MOST_ASKED} are looked at` : '';
    rows.push({ ...row, status: 'ok', note: `${count} Airflow${over}` });
    const asked = listed.runtimes.slice(0, MOST_ASKED);
    const examined = asked.map(([, runtime]) => oneRuntime(context, vaults, profile, runtime));
    rows.push(...(await Promise.all(examined)).flat());
  }
  return rows;
}

function rowOfList(row: Pick<PreflightRow, 'what' | 'where' | 'why'>, failure: CallFailure): PreflightRow {
  if (failure.kind !== 'refused' || failure.problem.code !== 'resourceManagerForbidden') {
    return rowOfFailure(row, failure);
  }
  const note = `${failure.problem.message} The row of that operation has the command.`;
  return { ...row, status: 'missing', note };
}

/** The principal's own token reads the canary: the vault's roles and its firewall answer for themselves. */
async function principalRow(
  { azure }: PreflightContext,
  { settings }: ExaminedVaults,
  profile: Profile,
): Promise<PreflightRow> {
  const { credential, vault } = profile;
  const name = vaultNameOf(vault);
  const row = {
    what: `getSecret by Airflow's principal ${credential.clientId}`,
    where: name,
    why: `let the DAGs of the profile ${profile.name} read the vault`,
  };
  const credentialRead = await readCredential(azure, credential);
  if (credentialRead.kind !== 'read') {
    const remedy = grantAirflow(credential.clientId, vaultScope(name, settings.get(vault)?.id));
    return {
      ...row,
      status: 'unknown',
      note: 'its client secret cannot be read; if not granted yet:',
      remedy,
    };
  }
  const read = profileCanary(profile);
  const proven = await azure.entra.proveClientSecret({
    tenantId: credential.tenantId,
    clientId: credential.clientId,
    secret: credentialRead.value,
    ...(read ? { read } : {}),
  });
  if (proven.kind === 'proven') return { ...row, status: 'ok' };
  if (proven.kind === 'refused') {
    const { code, message } = proven.problem;
    // Who may not read gets a 403, whether or not there is something to read.
    if (code === 'secretMissing') return { ...row, status: 'ok', note: 'the canary is not there yet' };
    if (code === 'vaultRoleMissing') {
      const remedy = grantAirflow(credential.clientId, vaultScope(name, settings.get(vault)?.id));
      return { ...row, status: 'missing', note: message, remedy };
    }
  }
  return rowOfFailure(row, proven);
}

async function oneRuntime(
  context: PreflightContext,
  vaults: ExaminedVaults,
  profile: Profile,
  { id, view, addresses }: ListedRuntime,
): Promise<readonly PreflightRow[]> {
  const where = displayRuntime(id);
  const { words } = context.kinds.named(id.kind);
  const rows = addressRows(vaults, profile, { where, portal: words.portal }, addresses);
  if (view.kind !== 'airflow') return rows;
  return [...rows, await dagRow(context, profile, id, view)];
}

function addressRows(
  { settings }: ExaminedVaults,
  { vault }: Profile,
  { where, portal }: { readonly where: string; readonly portal: string },
  addresses: readonly string[],
): readonly PreflightRow[] {
  const network = settings.get(vault)?.network;
  if (!network || (!network.filtered && !network.closed)) return [];
  const name = vaultNameOf(vault);
  const row = { what: `firewall of ${name}`, where, why: 'let the workers reach the vault' };
  if (addresses.length === 0) {
    return [
      {
        ...row,
        status: 'unknown',
        note: `the runtime's outbound address is not known (${portal} shows it); if it is not let in yet:`,
        remedy: `az keyvault network-rule add --name ${name} --ip-address …`,
      },
    ];
  }
  return addresses.map((address) =>
    letsIn(network, address)
      ? { ...row, status: 'ok', note: address }
      : {
          ...row,
          status: 'missing',
          note: `${address} is not let in.`,
          remedy: network.closed
            ? `az keyvault update --name ${name} --public-network-access Enabled, then az keyvault network-rule add --name ${name} --ip-address ${address}`
            : `az keyvault network-rule add --name ${name} --ip-address ${address}`,
        },
  );
}

/** Reads health and DAG. A DAG that is paused is no fault: the check unpauses it. */
async function dagRow(
  { azure, cloud, kinds }: PreflightContext,
  profile: Profile,
  id: RuntimeId,
  view: Snapshot,
): Promise<PreflightRow> {
  const { login, proof, trustedOrigin, importDags } = profile.access;
  const row = { what: `DAG ${proof.dagId}`, where: displayRuntime(id), why: 'check access' };
  if (view.phase !== 'ready' || view.webUrl === undefined) {
    return { ...row, status: 'unknown', note: `the runtime is ${view.state || 'in no known state'}` };
  }
  const password =
    login.kind === 'password' ? await readSecret(azure, login.password, 'web server password') : undefined;
  if (password && password.kind !== 'read') return rowOfFailure(row, password);
  const { api, health, accepted } = await tryLogin(azure, {
    webUrl: view.webUrl,
    signIn: kinds.named(id.kind).signIn(cloud),
    login,
    ...(password ? { password: password.value } : {}),
    ...(trustedOrigin ? { trustedOrigin } : {}),
  });
  if (health.kind === 'notYet') {
    const { message, remedy } = webServerNotHealthy(health.message, view.words);
    return { ...row, status: 'unknown', note: message, remedy };
  }
  if (health.kind !== 'healthy') return rowOfFailure(row, health);
  if (login.kind === 'entra' && accepted !== login.scope) {
    const note = `Airflow does not accept a token for ${login.scope}, and accepts one for ${accepted}.`;
    return {
      ...row,
      status: 'missing',
      note,
      remedy: `access.login.scope: ${accepted} in the profile ${profile.name}`,
    };
  }
  const note = accepted === undefined ? undefined : `the accepted scope is ${accepted}`;
  const dag = await api.dag(health.api, proof.dagId);
  if (dag.kind === 'found') return { ...row, status: 'ok', ...(note ? { note } : {}) };
  if (dag.kind !== 'missing') return rowOfFailure(row, dag);
  const importError = importErrorBehind(proof.dagId, dag.importErrors);
  const { message, remedy } = importError
    ? dagNotImported(proof.dagId, importError)
    : dagMissing(proof.dagId, { fromGit: view.dagsFromGit, imports: importDags !== undefined });
  if (!importError && importDags) return { ...row, status: 'ok', note: 'not there yet: the app imports it' };
  return { ...row, status: 'missing', note: message, remedy };
}
