/**
 * `npm run test:mutants [-- --only TEXT --share N/COUNT]`: puts each fault of test/mutants back, one at a time, into a copy
 * of the project, and sees the test that it names turn red. A patch begins with two lines: `Test:`, the file, and `Row:`,
 * words of the test's title. Exits 1 where a fault goes unnoticed, or where its patch does not fit any more. With `--share
 * 2/3`, of all the second of three shares; that every patch fits is seen all the same.
 *
 * `npm run test:mutants -- --faults`: instead, those that `npm run faults` has to find without knowing them. Such a patch has a
 * third line, `Faults:`, with what `npm run faults` is given, ` => ` and words of the violation that it has to print.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { commandLine, readShare } from '../infra/scripts/commandLine.mjs';
import { removeFolder, run } from './run.mjs';

const FOLDER = 'test/mutants';
const UNFIT = 'the patch does not fit any more';
/** As `npm run faults` prints them. */
const VIOLATION = /VIOLATION .*|^rule \d+ at .*|^not settled .*/m;
const USAGE = `Usage: npm run test:mutants [-- --only TEXT] [--faults] [--share N/COUNT]
Puts each fault of test/mutants back, one at a time, and sees the test that it names turn red.`;
const { values } = commandLine(USAGE, {
  options: {
    only: { type: 'string', default: '' },
    faults: { type: 'boolean', default: false },
    share: { type: 'string', default: '1/1' },
  },
});
const { share, count: shares } = readShare('--share', values.share);

const copy = copyOfProject();
const report = join(copy, 'vitest.json');
process.on('exit', () => removeFolder(copy));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.patch') && file.includes(values.only))
  .filter((file) => !values.faults || faultsRunOf(readFileSync(resolve(FOLDER, file), 'utf8')))
  .sort();
let [passed, failed] = [0, 0];
for (const [index, name] of names.entries()) {
  const verdict = index % shares === share - 1 ? await judge(name) : fits(name);
  if (!verdict) continue;
  if (verdict.problem) failed += 1;
  else passed += 1;
  console.log(
    `${verdict.problem ? 'FAILED' : 'red   '} ${name.padEnd(44)} ${verdict.problem ?? verdict.row}`,
  );
}
const told = shares === 1 ? '' : `, share ${values.share}`;
console.log(`${passed} passed, ${failed} failed${told}`);
process.exitCode = failed === 0 ? 0 : 1;

/** @typedef {{ problem: string, row?: undefined } | { row: string, problem?: undefined }} Verdict */
/** @typedef {{ args: string[], violation: string }} FaultsRun */

/**
 * The problem of a patch that does not fit.
 *
 * @param {string} name
 * @returns {Verdict | undefined}
 */
function fits(name) {
  const patch = resolve(FOLDER, name);
  return runThere('git', ['apply', '--check', patch]).status === 0 ? undefined : { problem: UNFIT };
}

/**
 * Puts one fault in, runs the test that it names (or `npm run faults`), and takes it out again.
 *
 * @param {string} name
 * @returns {Promise<Verdict>}
 */
async function judge(name) {
  const patch = resolve(FOLDER, name);
  const text = readFileSync(patch, 'utf8');
  const [, file, row] = /^Test: (.+)\nRow: (.+)\n/.exec(text) ?? [];
  if (file === undefined || row === undefined) return { problem: 'it does not begin with Test: and Row:' };
  if (runThere('git', ['apply', patch]).status !== 0) return { problem: UNFIT };
  try {
    // Unit tests import the sources.
    const built =
      file.startsWith('test/unit/') && !values.faults
        ? undefined
        : runThere('npm', ['run', '--silent', 'build']);
    if (built && built.status !== 0) return { problem: `it does not build: ${built.stderr.slice(0, 300)}` };
    const faultsRun = values.faults ? faultsRunOf(text) : undefined;
    if (faultsRun) return await runFaults(faultsRun);
    rmSync(report, { force: true });
    const only = ['--testNamePattern', literal(row)];
    const tested = runThere('npx', [
      'vitest',
      'run',
      file,
      ...only,
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    if (!existsSync(report)) return { problem: `vitest wrote no report: ${tested.stderr.slice(0, 300)}` };
    const results = JSON.parse(readFileSync(report, 'utf8'));
    /** @type {{ fullName: string, status: string }[]} */
    const tests = results.testResults.flatMap(
      (/** @type {{ assertionResults: unknown[] }} */ { assertionResults }) => assertionResults,
    );
    const named = tests.filter(({ fullName }) => fullName.includes(row));
    if (named.length === 0) return { problem: `${file} has no test named "${row}"` };
    if (named.every(({ status }) => status !== 'failed')) return { problem: `unnoticed by "${row}"` };
    return { row };
  } finally {
    runThere('git', ['apply', '--reverse', patch]);
  }
}

/**
 * What a patch says that `npm run faults` finds it with, and the words of the violation.
 *
 * @param {string} text
 * @returns {FaultsRun | undefined}
 */
function faultsRunOf(text) {
  const [, args, violation] = /^Faults: (.+) => (.+)$/m.exec(text) ?? [];
  if (args === undefined || violation === undefined) return undefined;
  return { args: (args.match(/'[^']*'|\S+/g) ?? []).map(unquoted), violation };
}

/** @param {string} word */
function unquoted(word) {
  return word.replace(/^'(.*)'$/, '$1');
}

/**
 * Runs `npm run faults` up to the first violation that has these words.
 *
 * @param {FaultsRun} faultsRun
 * @returns {Promise<Verdict>}
 */
function runFaults({ args, violation }) {
  const faults = spawn('node', ['build/faults.js', ...args], { cwd: copy });
  let printed = '';
  return new Promise((ended) => {
    const [command, words] = [args.join(' '), `"${violation}"`];
    faults.stdout.on('data', (data) => {
      printed += data;
      const found = printed.match(new RegExp(VIOLATION, 'gm'))?.find((line) => line.includes(violation));
      if (!found) return;
      faults.kill();
      ended({ row: `${command}: ${found}` });
    });
    faults.on('exit', () => {
      const other = VIOLATION.exec(printed)?.[0];
      const instead = other === undefined ? '' : `; it says ${other}`;
      ended({ problem: `no violation with ${words} by npm run faults -- ${command}${instead}` });
    });
  });
}

/** What is in the project, committed or not, with its packages. */
function copyOfProject() {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-mutants-'));
  const listed = run('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.stdout.split('\n').filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/**
 * In the copy.
 *
 * @param {string} command
 * @param {string[]} args
 */
function runThere(command, args) {
  return run(command, args, copy);
}

/** @param {string} text */
function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
