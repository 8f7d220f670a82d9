#!/usr/bin/env node
/** Stands in for the compiler that comes with the Azure CLI: gives what another one gives, with the CLI's word before each error. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'bicep-of-az');
const { status, stdout, stderr } = spawnSync(program, process.argv.slice(2), { encoding: 'utf8' });
process.stdout.write(stdout);
process.stderr.write(stderr.replace(/^/gm, 'ERROR: '));
process.exitCode = status;
