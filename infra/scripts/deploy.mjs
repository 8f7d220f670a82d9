/**
 * The steps of a deployment that wait and repeat. azure.yaml's hooks and the workflow call the same ones, and so does
 * whoever deploys without azd.
 *
 *   node infra/scripts/deploy.mjs templates          the templates, without the subscriptions to events
 *   node infra/scripts/deploy.mjs wait-for-roles     until the app's roles on its storage account have effect
 *   node infra/scripts/deploy.mjs upload FILE.zip    the package
 *   node infra/scripts/deploy.mjs subscribe [--azd]  waits for the functions; the templates, with the subscriptions
 *
 * Ends with 0, with 1 and words where a step cannot go on, with 2 where it was called wrongly. What it does is printed on
 * standard error; the configuration never is. Reads AZURE_ENV_NAME, AZURE_LOCATION, AZURE_SUBSCRIPTION_ID, and the
 * outputs AZURE_RESOURCE_GROUP, AIRLOCK_FUNCTION_APP, AIRLOCK_PRINCIPAL_ID.
 */
import { commandLine } from './commandLine.mjs';
import { waitForRoles } from './steps/roles.mjs';
import { AGAIN, Stop } from './steps/stop.mjs';
import { subscribe } from './steps/subscribe.mjs';
import { deployTemplates } from './steps/templates.mjs';
import { upload } from './steps/upload.mjs';

const USAGE = `Usage: node infra/scripts/deploy.mjs templates | wait-for-roles | upload FILE.zip | subscribe [--azd]
The steps of a deployment that wait and repeat: the templates, until roles have effect, the package, the subscriptions.`;

const { values, positionals } = commandLine(USAGE, {
  allowPositionals: true,
  options: { azd: { type: 'boolean', default: false } },
});
const [step, ...files] = positionals;
const steps = {
  templates: deployTemplates,
  'wait-for-roles': waitForRoles,
  upload: () => upload(files),
  subscribe: () => subscribe({ isAzd: values.azd }),
};

if (!Object.hasOwn(steps, step ?? '')) {
  console.error(`deploy.mjs takes one of the steps ${Object.keys(steps).join(', ')}.`);
  process.exitCode = 2;
} else {
  try {
    await steps[/** @type {keyof typeof steps} */ (step)]();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`${error.message}\n${AGAIN}`);
    process.exitCode = 1;
  }
}
