/** Subscribes the functions to events: waits until they are there, then deploys the templates a second time. */
import { readFileSync } from 'node:fs';
import { briefly, subscriptionId, tryAz } from '../az.mjs';
import { azd } from './azd.mjs';
import { hintOf, needed, Stop } from './stop.mjs';
import { createDeployment } from './templates.mjs';
import { repeat, waitFor } from './wait.mjs';

/** What a look at a function says as long as the host has not told Resource Manager of it. */
const NOT_YET =
  /Not ?Found|from host runtime|Service ?Unavailable|Bad ?Gateway|Gateway ?Time-?out|\b50[234]\b/i;

/** Faults of the second deployment that are on record as passing: what Event Grid checks is not there at once. */
const PASSING = {
  'Event Grid does not see the function yet': /Destination endpoint not found|Endpoint validation/i,
  "Event Grid's identity has no right on the storage account yet": /Managed Identity Authorization Error/i,
};

/** Seconds before each further try. */
const PAUSES = [60, 120, 240];

/**
 * With azd the flag AIRLOCK_SUBSCRIBE says whether it was done, and is set after success only: what fails half-way is done
 * by the next azd up. The templates are told by another variable, since azd takes the values of its .env file before those
 * of this process: a false one there would win. Throws `Stop`.
 *
 * @param {{ isAzd: boolean }} how
 */
export async function subscribe({ isAzd }) {
  if (isAzd && process.env['AIRLOCK_SUBSCRIBE']?.toLowerCase() === 'true') {
    console.error(
      'exists      the subscriptions to events; azd provision has just deployed them with the rest',
    );
    return;
  }
  for (const name of functionsWithEvents()) await waitForFunction(name);

  console.error('deploying   the templates, with the subscriptions to events: some minutes');
  const env = { AIRLOCK_SUBSCRIBE_NOW: 'true' };
  const act = isAzd ? () => azd(['provision', '--no-prompt'], env) : () => createDeployment(env).said;
  const said = await repeat(act, { what: 'the second deployment', passing: PASSING, pauses: PAUSES });
  if (said !== undefined)
    throw new Stop(`The app is deployed, but not subscribed to events: ${briefly(said)}${hintOf(said)}`);
  if (isAzd) {
    const unsaid = await azd(['env', 'set', 'AIRLOCK_SUBSCRIBE', 'true']);
    if (unsaid !== undefined)
      throw new Stop(`The app is subscribed to events, but azd did not note it: ${briefly(unsaid)}`);
  }
  console.error('subscribed  the functions to events');
}

function functionsWithEvents() {
  /** @type {Record<string, { function?: string }>} */
  const filters = JSON.parse(readFileSync('infra/filters.json', 'utf8'));
  return Object.values(filters).flatMap(({ function: name }) => name ?? []);
}

/** @param {string} name */
async function waitForFunction(name) {
  const group = needed('AZURE_RESOURCE_GROUP');
  const app = needed('AIRLOCK_FUNCTION_APP');
  const site = `resourceGroups/${group}/providers/Microsoft.Web/sites/${app}`;
  const url = `https://management.azure.com/subscriptions/${subscriptionId()}/${site}/functions/${name}?api-version=2025-03-01`;
  let last = '';
  const look = () => {
    const { said } = tryAz(['rest', '--method', 'GET', '--url', url]);
    if (said === undefined) return true;
    if (/ResourceGroupNotFound/.test(said) || !NOT_YET.test(said))
      throw new Stop(`The function ${name} of ${app} could not be looked for: ${briefly(said)}`);
    last = briefly(said);
    return undefined;
  };
  const found = await waitFor(look, { what: `the function ${name} of ${app}`, every: 15, atMost: 600 });
  if (found === undefined)
    throw new Stop(
      `The app ${app} does not have the function ${name} after 600 s: its host did not start, or the upload is another app's. ` +
        `The log says why (docs/operations.md). Azure said last: ${last}`,
    );
  console.error(`ready       the function ${name}`);
}
