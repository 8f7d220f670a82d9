#!/usr/bin/env node
/**
 * Stands in for the Bicep compiler: gives what the file that FAKE_BICEP names has, with the parameters that variables
 * bring; refuses what the compiler refuses, in its words.
 */
import { readFileSync } from 'node:fs';

const { values, declared, missing, broken } = JSON.parse(readFileSync(process.env.FAKE_BICEP, 'utf8'));
const errors = [];
const fault = (place, code, text) =>
  errors.push(`/checkout/infra/main.bicepparam(${place}) : Error ${code}: ${text}`);

const brought = {
  environmentName: 'AZURE_ENV_NAME',
  location: 'AZURE_LOCATION',
  durableBackEnd: 'AIRLOCK_DURABLE_BACK_END',
};
for (const [name, variable] of Object.entries(brought)) {
  const value = process.env[variable] ?? (name === 'durableBackEnd' ? 'AzureStorage' : undefined);
  if (value === undefined)
    fault(
      '5,49',
      'BCP427',
      `Environment variable "${variable}" does not exist and there's no default value set.`,
    );
  else if (declared[name].allowedValues?.includes(value) === false)
    fault('6,18', 'BCP033', `Expected a value of type "…" but the provided value is of type "'${value}'".`);
  values[name] = value;
}
const flag = process.env.AIRLOCK_SUBSCRIBE_NOW ?? process.env.AIRLOCK_SUBSCRIBE ?? 'false';
if (!/^(true|false)$/i.test(flag))
  fault(
    '70,27',
    'BCP338',
    'Failed to evaluate parameter "subscribeToEvents": The template language function \'bool\' was invoked with a parameter that is not valid.',
  );
if (missing) fault('11,39', 'BCP091', `An error occurred reading file. Could not find file '${missing}'.`);

if (broken) errors.push(broken);
if (errors.length > 0) {
  process.stderr.write(`${errors.join('\n')}\n`);
  process.exitCode = 1;
} else {
  const parameters = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  process.stdout.write(
    JSON.stringify({
      parametersJson: JSON.stringify({ parameters }),
      templateJson: JSON.stringify({ parameters: declared, definitions: {} }),
    }),
  );
}
