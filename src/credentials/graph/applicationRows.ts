import type { Credential } from '../../domain/configuration/credential.js';
import { grantGraph, grantOwnership } from '../../domain/preflight/grants.js';
import { type PreflightRow, rowOfFailure } from '../../domain/preflight/report.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Looker } from '../issuer.js';
import type { Directories } from '../strategy.js';

const OWNED_BY = 'Application.ReadWrite.OwnedBy';
/**
 * More than is needed: they let an application change what it does not own, too
 * (https://learn.microsoft.com/graph/api/application-addpassword#permissions).
 */
const WIDER = ['Application.ReadWrite.All', 'Directory.ReadWrite.All'];

/** The applications whose client secrets the app rotates: may it, and does it own them. */
export async function applicationRows(
  credentials: readonly Credential[],
  looker: Looker,
  { graph, ownAccess }: Directories,
): Promise<readonly PreflightRow[]> {
  const asked = await ownAccess.claims('graph');
  const roles = asked.kind === 'answered' ? asked.claims.roles : undefined;
  const wider = roles?.find((role) => WIDER.includes(role));
  const rows: PreflightRow[] = [
    asked.kind === 'answered' ? permissionRow(looker, roles, wider) : rowOfFailure(PERMISSION, asked),
  ];
  const seen = new Set<string>();
  for (const credential of credentials) {
    if (seen.has(credential.clientId.toLowerCase())) continue;
    seen.add(credential.clientId.toLowerCase());
    rows.push(await ownerRow(graph, looker, credential, wider));
  }
  return rows;
}

const PERMISSION = { what: OWNED_BY, where: 'Microsoft Graph', why: 'mint and remove client secrets' };

function permissionRow(
  { cloud, grantee }: Looker,
  roles: readonly string[] | undefined,
  wider: string | undefined,
): PreflightRow {
  const remedy = grantGraph(grantee, cloud.graph);
  if (roles === undefined) {
    const note = 'the token cannot be read; if it is not granted yet:';
    return { ...PERMISSION, status: 'unknown', note, remedy };
  }
  if (grantee.person) {
    const note = "it is given to applications, not to people: look with the app's own identity";
    return { ...PERMISSION, status: 'unknown', note };
  }
  if (roles.includes(OWNED_BY)) return { ...PERMISSION, status: 'ok' };
  if (wider) return { ...PERMISSION, status: 'ok', note: `${wider}, which is more than is needed` };
  const note =
    "The token does not name it. A managed identity's tokens are kept for up to a day: a permission that was granted since is not seen yet.";
  return { ...PERMISSION, status: 'missing', note, remedy };
}

async function ownerRow(
  graph: Directories['graph'],
  { grantee }: Looker,
  { clientId }: Credential,
  wider: string | undefined,
): Promise<PreflightRow> {
  const row = {
    what: 'owner of the application',
    where: clientId,
    why: 'mint and remove client secrets of this application',
  };
  if (wider) return { ...row, status: 'ok', note: `not needed with ${wider}` };
  const remedy = grantOwnership(clientId, grantee);
  const listed = await graph.owners(clientId);
  if (listed.kind === 'refused' && listed.problem.code === 'graphForbidden') {
    return {
      ...row,
      status: 'unknown',
      note: 'Microsoft Graph shows the owners to nobody without a permission; if it is not owner yet:',
      remedy,
    };
  }
  if (listed.kind !== 'listed') return rowOfFailure(row, listed);
  const { objectId } = grantee;
  if (objectId === undefined) {
    return {
      ...row,
      status: 'unknown',
      note: 'the own object id is not known; if it is not owner yet:',
      remedy,
    };
  }
  if (listed.ids.some((id) => sameId(id, objectId))) return { ...row, status: 'ok' };
  const note = listed.ids.length === 0 ? 'Nobody owns the application.' : 'Others own the application.';
  return { ...row, status: 'missing', note, remedy };
}
