/** Rules on the variables that main.bicepparam reads. */
import { faultOf, PARAMETERS } from './faults.mjs';

/** Parameters that variables bring, with a value that compiles: it stands in for one that is not set, or that is wrong. */
export const BROUGHT = {
  environmentName: { variable: 'AZURE_ENV_NAME', standIn: 'check', isNeeded: true },
  location: { variable: 'AZURE_LOCATION', standIn: 'westeurope', isNeeded: true },
  durableBackEnd: { variable: 'AIRLOCK_DURABLE_BACK_END', standIn: 'AzureStorage', isNeeded: false },
};
const FLAGS = ['AIRLOCK_SUBSCRIBE', 'AIRLOCK_SUBSCRIBE_NOW'];

/**
 * Gives faults and notes, and as `given` the variables to compile with, so that one that is wrong does not hide the rest.
 *
 * @param {NodeJS.ProcessEnv} env variables by name, as the process has them
 */
export function checkEnvironment(env) {
  /** @type {import('./faults.mjs').Fault[]} */
  const faults = [];
  /** @type {string[]} */
  const notes = [];
  /** @type {Record<string, string>} */
  const given = {};
  for (const { variable: name, standIn } of Object.values(BROUGHT).filter(({ isNeeded }) => isNeeded)) {
    if (env[name] === undefined)
      notes.push(`${name} is not set, so it was not checked: azd asks for it; without azd, export it`);
    else if (env[name] === '')
      faults.push(
        faultOf(PARAMETERS, name, 'the variable is empty', `azd env set ${name} …; without azd, export it`),
      );
    if (!env[name]) given[name] = standIn;
  }
  for (const name of FLAGS) {
    // As Bicep's bool() reads it; what it says of another text names neither the variable nor the text.
    if (env[name] === undefined || /^(true|false)$/i.test(env[name])) continue;
    faults.push(
      faultOf(
        PARAMETERS,
        name,
        `the variable is '${env[name]}', where only true and false can be read`,
        `azd env set ${name} false (or true, if the app is deployed and subscribed); without azd: unset ${name}`,
      ),
    );
    given[name] = 'false';
  }
  return { faults, notes, given };
}
