/**
 * Gives the app's identity what minting client secrets needs in Microsoft Graph: the application permission
 * Application.ReadWrite.OwnedBy, and ownership of each application of a credential with rotation strategy graph.
 *
 *   node infra/scripts/graph.mjs [--config airlock.yaml] [--principal <object id of the identity>] [--dry-run]
 *
 * Without --principal it is the identity that AIRLOCK_PRINCIPAL_ID names, the output of the templates.
 *
 * Done twice it changes nothing. Not with the Graph extension of Bicep: that knows applications by a unique name of its
 * own and would take over the rest of an application that exists already. Needs Privileged Role Administrator for the
 * permission, and an owner or Cloud Application Administrator for ownership.
 */
import { az, briefly, tryAz } from './az.mjs';
import { requireGood } from './checked.mjs';
import { commandLine } from './commandLine.mjs';

const GRAPH = 'https://graph.microsoft.com/v1.0';
const GRAPH_APPLICATION = '00000003-0000-0000-c000-000000000000';
/** Application.ReadWrite.OwnedBy */
const PERMISSION = '18a4783c-866b-4cc7-a460-3d5e5662c884';

const USAGE = `Usage: node infra/scripts/graph.mjs [--config airlock.yaml] [--principal OBJECT_ID] [--dry-run]
Gives the app's identity Application.ReadWrite.OwnedBy and ownership of the applications whose secrets it mints.`;

const { values } = commandLine(USAGE, {
  options: {
    config: { type: 'string', default: 'airlock.yaml' },
    principal: { type: 'string', default: process.env['AIRLOCK_PRINCIPAL_ID'] ?? '' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const { principal } = values;
if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(principal)) {
  console.error(
    '--principal takes the object id of the identity (output AIRLOCK_PRINCIPAL_ID of the templates).',
  );
  process.exit(2);
}
requireGood(values.config);
// Not at the top: where its package is missing, that is said in words.
const { readConfiguration } = await import('./config.mjs');
const { applications } = readConfiguration(values.config);

if (applications.length === 0) {
  console.log('nothing to do: no credential has the rotation strategy graph');
} else {
  permit();
  for (const clientId of applications) own(clientId);
}

function permit() {
  const graph = read(`servicePrincipals(appId='${GRAPH_APPLICATION}')?$select=id`);
  const held = read(`servicePrincipals/${principal}/appRoleAssignments?$top=999`);
  if (graph === undefined || held === undefined) {
    console.error(`missing     there is no service principal ${principal} in this tenant`);
    process.exitCode = 1;
    return;
  }
  /** @type {{ appRoleId: string, resourceId: string }[]} */
  const roles = held.value;
  const isHeld = roles.some(
    ({ appRoleId, resourceId }) => appRoleId === PERMISSION && resourceId === graph.id,
  );
  act({
    isDone: isHeld,
    what: `Application.ReadWrite.OwnedBy for ${principal}`,
    whoMay: 'Privileged Role Administrator',
    path: `servicePrincipals/${principal}/appRoleAssignments`,
    body: { principalId: principal, resourceId: graph.id, appRoleId: PERMISSION },
  });
}

/** @param {string} clientId */
function own(clientId) {
  const application = read(`applications(appId='${clientId}')?$select=id,displayName`);
  if (application === undefined) {
    console.error(`missing     there is no application ${clientId} in this tenant`);
    process.exitCode = 1;
    return;
  }
  /** @type {{ value: { id: string }[] }} */
  const { value } = read(`applications/${application.id}/owners?$select=id&$top=999`);
  const isOwner = value.some(({ id }) => id === principal);
  act({
    isDone: isOwner,
    what: `owner of ${application.displayName} (${clientId})`,
    whoMay: 'an owner of the application, or Cloud Application Administrator',
    path: `applications/${application.id}/owners/$ref`,
    body: { '@odata.id': `${GRAPH}/directoryObjects/${principal}` },
  });
}

/**
 * @param {object} change
 * @param {boolean} change.isDone
 * @param {string} change.what
 * @param {string} change.whoMay the role in Entra that it takes
 * @param {string} change.path
 * @param {object} change.body
 */
function act({ isDone, what, whoMay, path, body }) {
  if (isDone) {
    console.log(`exists      ${what}`);
    return;
  }
  if (values['dry-run']) {
    console.log(`would grant ${what}`);
    return;
  }
  const headers = 'Content-Type=application/json';
  const text = JSON.stringify(body);
  const { said } = tryAz([
    'rest',
    '--method',
    'POST',
    '--url',
    `${GRAPH}/${path}`,
    '--headers',
    headers,
    '--body',
    text,
  ]);
  if (said === undefined) {
    console.log(`granted     ${what}`);
    return;
  }
  console.error(`refused     ${what}: ${briefly(said)}`);
  console.error(
    `            it takes ${whoMay}; let somebody who is that run: node infra/scripts/graph.mjs --principal ${principal}`,
  );
  process.exitCode = 1;
}

/** @param {string} path */
function read(path) {
  return az('rest', '--method', 'GET', '--url', `${GRAPH}/${path}`);
}
