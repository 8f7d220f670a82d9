/**
 * `npm run probe:record`: asks the real extension and records what it answers. Exits 1 where a question got no answer; nothing
 * is recorded then.
 */
import { readArguments, requireOneOf } from '../../infra/scripts/commandLine.mjs';
import { DURABLE_VERSIONS, type DurableVersion } from '../durable/setup/build.js';
import { endEverything } from '../durable/setup/launch.js';
import { answeringPackages, recordAnswers, recordedAnswers } from './answers.js';
import { askExtension } from './rows.js';

const USAGE = `Usage: npm run probe:record -- [--version VERSION] [--only TEXT]
Asks the real durable extension and records what it answers. Ends with 1 where a question got no answer.
  --version  one version of the extension: ${DURABLE_VERSIONS.join(' or ')}
  --only     questions that have TEXT in their names; the other answers stay as they are recorded`;
const options = {
  options: { version: { type: 'string' }, only: { type: 'string', default: '' } },
} as const;
const { values } = readArguments(USAGE, options, ({ version }) =>
  requireOneOf('--version', version, DURABLE_VERSIONS),
);
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
