/**
 * `npm run infra:compile`: holds the templates against the Bicep compiler. It has to say nothing about them,
 * its format has to be theirs, and what they deploy, as Resource Manager's engine predicts it offline, has to be what the
 * project's evaluator says and what is recorded in infra/snapshots. Then it puts faults into copies and sees each found.
 * Exits 1 where something is wrong. Where there is no compiler it exits 0, with `CI=true` it exits 1.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../../../infra/scripts/commandLine.mjs';
import { runConcurrently } from '../../airflow/concurrency.js';
import { endAfter } from '../../ending.js';
import { NotPossible, skip } from '../../notPossible.js';
import { compilerAt } from './compiler.js';
import { faultProofs } from './faults.js';
import { findCompiler } from './find.js';
import { lintProof, type Proof, proofs, type Row } from './proofs.js';

const USAGE = `Usage: npm run infra:compile -- [--record]
Holds the templates against the Bicep compiler and what it predicts, and puts faults into copies, each of which has to be
found. Ends with 1 where something is wrong.
  --record  record what the templates deploy now, and put no faults in`;
const options = { options: { record: { type: 'boolean', default: false } } } as const;
const { values } = readArguments(USAGE, options);
const out = (line: string) => process.stdout.write(`${line}\n`);

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-compile-')));
const stop = new AbortController();
const { begun, end, failed } = endAfter(async () => {
  stop.abort();
  rmSync(folder, { recursive: true, force: true });
});

async function rowsOf(proof: Proof): Promise<readonly Row[]> {
  try {
    return await proof();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ name: 'could not be proven', wrong: why.split('\n') }];
  }
}

const counted = { passed: 0, failed: 0 };

async function tell(proof: Proof): Promise<void> {
  const rows = await rowsOf(proof);
  if (begun()) return;
  for (const { name, wrong } of rows) {
    counted[wrong.length === 0 ? 'passed' : 'failed'] += 1;
    out(`${wrong.length === 0 ? 'passed' : 'FAILED'} ${name}`);
    for (const line of wrong) out(`         ${line}`);
  }
}

async function main(): Promise<number> {
  const began = performance.now();
  const compiler = compilerAt(await findCompiler(), stop.signal);
  await tell(() => lintProof(compiler, folder));
  if (counted.failed === 0) {
    // What takes longest begins first.
    const faults = values.record ? [] : faultProofs(compiler, folder);
    const works = [...faults, ...proofs(compiler, folder, values.record)];
    const run = (proof: Proof) => ({ places: 1, run: () => tell(proof) });
    await runConcurrently(works.map(run), availableParallelism());
  }
  out(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
  out(`${counted.passed} passed, ${counted.failed} failed`);
  return counted.failed === 0 ? 0 : 1;
}

try {
  await end(await main());
} catch (error) {
  if (error instanceof NotPossible) await end(skip('the Bicep compiler', 1, error));
  else await failed(error);
}
