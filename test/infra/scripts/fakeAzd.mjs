#!/usr/bin/env node
/**
 * Stands in for azd within one of its hooks: notes what it was asked for, and with which of the two variables the
 * templates would be deployed. As azd does, it gives what its environment holds (`azdEnvironment`) to the compiler after
 * the variables of its process, so that it wins.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.FAKE_AZ;
const state = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const { AIRLOCK_SUBSCRIBE: stored, AIRLOCK_SUBSCRIBE_NOW: now } = { ...process.env, ...state.azdEnvironment };
let fault;
if (args[0] === 'provision') {
  state.changes.push(`azd ${args.join(' ')}, events ${now ?? stored}`);
  fault = state.deploymentFaults.shift();
} else {
  const [, , name, value] = args;
  state.changes.push(`azd ${args.join(' ')}`);
  state.azdEnvironment[name] = value;
}
writeFileSync(file, JSON.stringify(state));
process.stdout.write('Provisioning Azure resources (azd provision)\n');
if (fault) {
  process.stderr.write(`\nERROR: error executing step command 'provision': ${fault}\n`);
  process.exitCode = 1;
}
