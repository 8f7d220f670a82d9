/**
 * `npm run probe:record [-- --version VERSION --only TEXT]`: asks the real extension and records what it answers. With
 * `--only`, the other answers stay as they are recorded. Exits 1 where a question got no answer; nothing is recorded then.
 */
import { parseArgs } from 'node:util';
import { DURABLE_VERSIONS, type DurableVersion } from '../durable/setup/build.js';
import { endEverything } from '../durable/setup/launch.js';
import { answeringPackages, recordAnswers, recordedAnswers } from './answers.js';
import { askExtension } from './rows.js';

const { values } = parseArgs({
  options: { version: { type: 'string' }, only: { type: 'string', default: '' } },
});
const out = (line: string) => process.stdout.write(`${line}\n`);

async function record(version: DurableVersion): Promise<boolean> {
  const asked = await askExtension(version, (name) => name.includes(values.only));
  const failed = [...asked].flatMap(([name, one]) => ('failed' in one ? [`${name}: ${one.failed}`] : []));
  for (const line of failed) out(`${version}  ${line}`);
  if (failed.length > 0) return false;
  const answers = Object.fromEntries(
    [...asked].flatMap(([name, one]) => ('answer' in one ? [[name, one.answer]] : [])),
  );
  const kept = values.only === '' ? {} : recordedAnswers(version).answers;
  recordAnswers(version, { packages: answeringPackages(version), answers: { ...kept, ...answers } });
  out(`${version}  ${asked.size} answers recorded`);
  return true;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void endEverything().finally(() => process.exit(1)));
}
try {
  const versions = DURABLE_VERSIONS.filter((one) => values.version === undefined || values.version === one);
  for (const version of versions) {
    if (!(await record(version))) process.exitCode = 1;
  }
} finally {
  await endEverything();
}
