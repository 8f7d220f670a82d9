import type { SecretReference } from '../../domain/configuration/credential.js';
import type { VaultSettings } from '../../domain/preflight/addresses.js';
import { grantOnSecret, grantVaultRead, vaultScope } from '../../domain/preflight/grants.js';
import { dataActionOf, type SecretNeed, secretNeeds } from '../../domain/preflight/needs.js';
import { ownPermissionsRow, rowOfPermission } from '../../domain/preflight/permissionRows.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { ProblemCode } from '../../domain/problems/catalogue.js';
import { setPlainSecretCommand, setSecretCommand } from '../../domain/rotation/commands.js';
import { vaultNameOf } from '../../domain/values/vaultName.js';
import type { PreflightContext } from './context.js';

/** The vaults that the configuration names. */
export interface ExaminedVaults {
  readonly rows: readonly PreflightRow[];
  /** By URI; absent where Resource Manager does not show the vault. */
  readonly settings: ReadonlyMap<string, VaultSettings>;
}

const READ_VAULT = 'Microsoft.KeyVault/vaults/read';

/** Each vault's settings, and what the identity may do with each secret. Values are read and thrown away. */
export async function examineVaults(context: PreflightContext): Promise<ExaminedVaults> {
  const { configuration } = context;
  const needs = secretNeeds(configuration);
  const uris = new Set([
    ...needs.map(({ secret }) => secret.vault),
    ...configuration.profiles.map(({ vault }) => vault),
  ]);
  const rows: PreflightRow[] = [];
  const settings = new Map<string, VaultSettings>();
  for (const uri of uris) {
    const found = await context.azure.ownAccess.vault(uri);
    const vault = found.kind === 'answered' ? found.vault : undefined;
    if (vault) settings.set(uri, vault);
    rows.push(...vaultRows(context, uri, found));
    const own = needs.filter(({ secret }) => secret.vault === uri);
    const [first] = own;
    if (vault && first) {
      const permission = await context.mayDo('data', dataActionOf(first.operation), secretId(vault, first));
      rows.push(...ownPermissionsRow(vault.id, permission, context));
    }
    for (const need of own) rows.push(await secretRow(context, need, vault));
  }
  return { rows, settings };
}

function vaultRows(
  { grantee }: PreflightContext,
  uri: string,
  found: Awaited<ReturnType<PreflightContext['azure']['ownAccess']['vault']>>,
): readonly PreflightRow[] {
  const name = vaultNameOf(uri);
  const row = { what: READ_VAULT, where: name, why: "let the preflight see the vault's settings" };
  if (found.kind !== 'answered') return [rowOfFailure(row, found)];
  const { vault } = found;
  if (!vault) {
    const note = 'The identity may not see the vault, or there is none of this name.';
    return [{ ...row, status: 'missing', note, remedy: grantVaultRead(name, grantee) }];
  }
  const roles = { what: 'roles decide on access', where: name, why: 'grant single secrets' };
  return [
    { ...row, status: 'ok' },
    vault.usesRoles
      ? { ...roles, status: 'ok' }
      : {
          ...roles,
          status: 'missing',
          note: 'The vault works with access policies: roles have no effect there. The switch ends the policies: grant roles to everybody who uses the vault first.',
          remedy: `az keyvault update --name ${name} --enable-rbac-authorization true`,
        },
  ];
}

async function secretRow(
  context: PreflightContext,
  need: SecretNeed,
  vault: VaultSettings | undefined,
): Promise<PreflightRow> {
  const { secret, operation, why, madeByApp } = need;
  const name = vaultNameOf(secret.vault);
  const row = { what: `${operation} ${secret.name}`, where: name, why };
  const scope = `${vaultScope(name, vault?.id)}/secrets/${secret.name}`;
  const command = grantOnSecret(operation, scope, context.grantee);
  if (operation === 'setSecret' || operation === 'update') {
    if (!vault?.usesRoles) {
      const note = vault
        ? ON_POLICIES
        : 'Resource Manager does not show the vault; if it is not granted yet:';
      return { ...row, status: 'unknown', note, remedy: command };
    }
    const permission = await context.mayDo('data', dataActionOf(operation), secretId(vault, need));
    return rowOfPermission(row, permission, command);
  }
  const { vaults } = context.azure;
  const tried = operation === 'getSecret' ? await vaults.current(secret) : await vaults.versions(secret);
  if (tried.kind === 'found' || tried.kind === 'listed') return { ...row, status: 'ok' };
  if (tried.kind === 'missing') {
    if (madeByApp) return { ...row, status: 'ok', note: 'not there yet: the app makes it' };
    return {
      ...row,
      status: 'missing',
      note: 'There is no such secret.',
      remedy: isCredential(context, secret) ? setSecretCommand(secret) : setPlainSecretCommand(secret),
    };
  }
  if (vault && !vault.usesRoles && tried.kind === 'refused' && NOT_GRANTED.has(tried.problem.code)) {
    return { ...row, status: 'missing', note: ON_POLICIES, remedy: command };
  }
  const refusal = refusedRow(row, tried, command, madeByApp);
  if (refusal.remedy !== command || !vault?.usesRoles) return refusal;
  const permission = await context.mayDo('data', dataActionOf(operation), secretId(vault, need));
  // Of a list that is refused the SDK does not tell why.
  return permission.kind === 'allowed' ? { ...refusal, ...GRANTED_AND_REFUSED } : refusal;
}

const ON_POLICIES =
  'The vault works with access policies (above). Once it works with roles, if not granted yet:';

/** Codes of a refusal for want of a role or policy. Of a list that is refused the SDK tells no reason. */
const NOT_GRANTED: ReadonlySet<ProblemCode> = new Set(['accessPolicyMissing', 'vaultRoleMissing']);

const GRANTED_AND_REFUSED = {
  note: 'A role allows it, and the vault refuses all the same.',
  remedy:
    'A role that was just granted takes up to ten minutes; otherwise look at the firewall of the vault and at deny assignments.',
};

function refusedRow(
  row: Pick<PreflightRow, 'what' | 'where' | 'why'>,
  failure: CallFailure,
  command: string,
  madeByApp: boolean,
): PreflightRow {
  if (failure.kind === 'refused') {
    const { code, message } = failure.problem;
    if (code === 'vaultRoleMissing') return { ...row, status: 'missing', note: message, remedy: command };
    // As the deployment makes it and as a rotation leaves it: as good as not there.
    if (code === 'secretDisabled' && madeByApp) {
      return { ...row, status: 'ok', note: 'disabled, as it is to be between rotations' };
    }
  }
  return rowOfFailure(row, failure);
}

/** Whether a secret is one that the app rotates: those have an end and a key. */
function isCredential({ configuration }: PreflightContext, { vault, name }: SecretReference): boolean {
  return configuration.credentials.some(
    ({ secret }) => secret.vault === vault && secret.name.toLowerCase() === name.toLowerCase(),
  );
}

function secretId({ id }: VaultSettings, { secret }: SecretNeed): string {
  return `${id}/secrets/${secret.name}`;
}
