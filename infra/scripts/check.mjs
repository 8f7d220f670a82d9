/**
 * Says what a deployment would refuse, or take without a word and do wrong, before anything is deployed: every fault at
 * once, each with the file, the parameter and what to change. Asks Azure nothing; what only Azure knows is in
 * infra/README.md, "Bad input".
 *
 *   npm run infra:check [-- --config airlock.yaml] [--parameters-only]
 *
 * --parameters-only leaves the configuration out, and needs no package. Ends with 0, with 1 where there is a fault, with 2
 * where it could not look.
 */
import { existsSync } from 'node:fs';
import { compileParameters } from './bicep.mjs';
import { commandLine } from './commandLine.mjs';
import { BROUGHT, checkEnvironment } from './rules/environment.mjs';
import { faultOf, PARAMETERS } from './rules/faults.mjs';
import { checkParameters } from './rules/parameters.mjs';

const USAGE = `Usage: npm run infra:check [-- --config airlock.yaml] [--parameters-only]
Says what a deployment would refuse or do wrong, and where the configuration and infra/main.bicepparam differ. Asks Azure nothing.`;

const { values: options } = commandLine(USAGE, {
  options: {
    config: { type: 'string', default: 'airlock.yaml' },
    'parameters-only': { type: 'boolean', default: false },
  },
});

const { faults, notes, given } = checkEnvironment(process.env);
const compiled = compile();
if (compiled === undefined) {
  console.error(
    'There is neither bicep nor az on PATH, so infra/main.bicepparam cannot be read: https://aka.ms/install-azure-cli',
  );
  process.exitCode = 2;
} else {
  if (compiled.errors === undefined) await checkAll(compiled);
  else faults.push(...compiled.errors.map(faultOfCompiler));
  report();
}

/**
 * The compiler refuses a wrong variable in terms of types, and then gives nothing. So it is asked once more with values
 * that compile, and the variables' own are put in their place for the rules to judge.
 */
function compile() {
  const first = compileParameters(given);
  if (first?.errors === undefined) return first;
  const brought = Object.entries(BROUGHT);
  const second = compileParameters({
    ...given,
    ...Object.fromEntries(brought.map(([, { variable, standIn }]) => [variable, standIn])),
  });
  if (second?.values === undefined) return first;
  const values = /** @type {Record<string, unknown>} */ (second.values);
  for (const [name, { variable, standIn }] of brought) {
    const value = process.env[variable];
    if (value && values[name] === standIn) values[name] = value;
  }
  return second;
}

/** @param {import('./bicep.mjs').Compiled} parameters */
async function checkAll(parameters) {
  faults.push(...checkParameters(parameters));
  if (!options['parameters-only']) await checkConfiguration(parameters.values);
}

/** @param {import('./bicep.mjs').Values} values */
async function checkConfiguration(values) {
  if (!existsSync(options.config)) {
    faults.push(absent());
    return;
  }
  try {
    // Not at the top: without a configuration the check needs nothing but Node.
    const { readConfiguration } = await import('./config.mjs');
    const { checkAgreement } = await import('./rules/agreement.mjs');
    const named = readConfiguration(options.config);
    const agreement = checkAgreement(values, named, process.env['AZURE_SUBSCRIPTION_ID'] || undefined);
    faults.push(...agreement.faults);
    notes.push(...agreement.notes);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ERR_MODULE_NOT_FOUND') {
      faults.push(
        faultOf(
          options.config,
          'the file',
          'there is no package yaml to read it with',
          'npm ci; beside infra.zip of a release: npm install yaml',
        ),
      );
      return;
    }
    const [first] = String(message).split('\n');
    faults.push(
      faultOf(
        options.config,
        'the file',
        `it cannot be read: ${first}`,
        `npm run config:check -- ${options.config}`,
      ),
    );
  }
}

/**
 * The compiler's words, but for the file that loadTextContent does not find, which most often is the configuration.
 *
 * @param {string} error
 */
function faultOfCompiler(error) {
  if (/BCP091/.test(error) && !existsSync(options.config)) return absent();
  const [, place, text] = /^(\S+?\(\d+,\d+\))\s*:\s*(.+)$/.exec(error) ?? [];
  return place === undefined
    ? faultOf(PARAMETERS, 'the compiler says', error, 'see whether az bicep version answers')
    : faultOf(place, 'the compiler says', text, 'fix that line; nothing else of the file was checked');
}

function absent() {
  return faultOf(
    options.config,
    'the file',
    'it is not there',
    'cp examples/airlock.yaml airlock.yaml, make it yours, npm run config:check -- airlock.yaml',
  );
}

function report() {
  // A profile that looks in three places says the same thing three times.
  const lines = new Set(
    faults.map(({ file, name, text, remedy }) => `${file}: ${name}: ${text}\n  → ${remedy}`),
  );
  for (const line of lines) console.error(line);
  for (const note of new Set(notes)) console.error(`note: ${note}`);
  if (lines.size > 0) {
    console.error(`${lines.size} to change; nothing was deployed.`);
    process.exitCode = 1;
  } else {
    console.error(`checked: ${PARAMETERS}${options['parameters-only'] ? '' : ` and ${options.config}`}`);
  }
}
