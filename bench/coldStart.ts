/** Import and cold start, each in fresh processes. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { APP_SETTINGS } from '../src/config/appSettings.js';
import { type Measurement, measured, median } from './measure.js';

const run = promisify(execFile);
const PROCESSES = 7;

export async function benchColdStart(): Promise<Measurement[]> {
  const built = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  const app = built('../dist/main.js');
  const [whole, bare, cold]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < PROCESSES; round++) {
    // Turn and turn about, so that whatever else the machine does falls on both.
    bare.push(await child(built('bench-import.js'), built('bench-bare-app.js')));
    whole.push(await child(built('bench-import.js'), app));
    cold.push(await child(built('bench-cold.js'), app));
  }
  return [
    measured('import.ms', median(whole), 'ms'),
    measured('import.bare.ms', median(bare), 'ms'),
    measured('import.ratio', median(whole) / median(bare), 'ratio'),
    measured('cold.first.event.ms', median(cold), 'ms'),
  ];
}

async function child(script: string, argument: string): Promise<number> {
  const samples = APP_SETTINGS.filter(({ reader, sample }) => reader === 'app' && sample);
  const settings = Object.fromEntries(samples.map(({ name, sample }) => [name, sample]));
  const config = fileURLToPath(new URL('../examples/airlock.yaml', import.meta.url));
  const env = { ...process.env, ...settings, AIRLOCK_CONFIG_FILE: config };
  const { stdout } = await run(process.execPath, [script, argument], { env });
  return Number(stdout);
}
