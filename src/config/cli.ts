/** `npm run config:check -- FILE`: checks a configuration file the way the app does when it starts. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { configurationJsonSchema } from './jsonSchema.js';
import { checkConfiguration, DEFAULT_FILE } from './load.js';
import { formatProblem } from './problems.js';

const USAGE = `Usage: npm run config:check -- [FILE]      check a configuration (default ${DEFAULT_FILE})
       npm run config:check -- --json FILE  the same, as JSON
       npm run config:check -- --schema     print the JSON Schema for editors`;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : ''}\n${USAGE}\n`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help) return print(USAGE);
  if (values.schema) return print(JSON.stringify(configurationJsonSchema(), null, 2));
  const file = positionals[0] ?? DEFAULT_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    process.stderr.write(`${file} cannot be read. ${USAGE}\n`);
    return 2;
  }
  const result = checkConfiguration(text, basename(file));
  if (values.json) {
    print(JSON.stringify(result.ok ? { ok: true, placeholders: result.placeholders } : result, null, 2));
  } else if (!result.ok) {
    const { problems, more = 0 } = result;
    for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`);
    if (more > 0) process.stderr.write(`and ${more} more: fix these first\n`);
    process.stderr.write(`${problems.length + more} problem(s)\n`);
  } else {
    for (const placeholder of result.placeholders) process.stderr.write(`${formatProblem(placeholder)}\n`);
    const { cloud, profiles } = result.configuration;
    print(`${file} is good: cloud ${cloud}, ${profiles.length} profile(s)`);
    for (const { name, runtimes, vault, credential } of profiles) {
      const patterns = runtimes.map(({ text }) => text);
      print(`  ${name}: ${patterns.join(', ')} → ${vault}, credential ${credential.name}`);
    }
  }
  return result.ok ? 0 : 1;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      schema: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function print(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}
