/** `npm run preflight -- FILE`: the preflight with the identity that it runs as, printed as a table. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { appIdentity, signedInIdentity } from '../../azure/identity.js';
import { readAppSettings } from '../../config/appSettings.js';
import { checkConfiguration, DEFAULT_FILE } from '../../config/load.js';
import { formatProblem } from '../../config/problems.js';
import { STRATEGIES } from '../../credentials/strategies.js';
import { formatReport, outcomeOf } from '../../domain/preflight/report.js';
import { KINDS } from '../../runtimes/kinds.js';
import { createAzure } from '../azure.js';
import { preflight } from './gatherPreflight.js';

const USAGE = `Usage: npm run preflight -- [FILE]      look at what FILE configures (default ${DEFAULT_FILE})
       npm run preflight -- --json FILE  the same, as JSON

Ends with 0 where nothing is missing, with 1 where something is, with 2 where it could not look.
Changes nothing.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : ''}\n${USAGE}`);
  }
  if (parsed.values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const file = parsed.positionals[0] ?? DEFAULT_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return fail(`${file} cannot be read.\n${USAGE}`);
  }
  const checked = checkConfiguration(text, basename(file));
  if (!checked.ok) return fail(checked.problems.map(formatProblem).join('\n'));
  const { configuration } = checked;
  // Where a managed identity is there, the app's own; elsewhere what the machine is signed in with.
  const identity = process.env['IDENTITY_ENDPOINT']
    ? appIdentity(readAppSettings().settings.identityClientId)
    : signedInIdentity();
  const report = await preflight({
    configuration: async () => configuration,
    azure: async () => createAzure({ cloud: configuration.cloud, kinds: KINDS, identity }),
    kinds: KINDS,
    strategies: STRATEGIES,
  });
  if ('kind' in report) {
    return fail(
      report.kind === 'refused' ? `${report.problem.message}\n→ ${report.problem.remedy}` : report.message,
    );
  }
  process.stdout.write(`${parsed.values.json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`);
  return outcomeOf(report.rows) === 'prepared' ? 0 : 1;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
}
