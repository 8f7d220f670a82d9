/** `npm run replay -- event.json`: sends events by hand to a local cloud that is up. */
import { readFileSync } from 'node:fs';
import { readArguments } from '../infra/scripts/commandLine.mjs';

const USAGE = `Usage: npm run replay -- FILE [--control URL] [--function NAME]
  FILE       one event or an array of events, in the Event Grid schema or as CloudEvents
  --control  the "control" of the line that \`npm run local\` printed (default: environment AIRLOCK_CONTROL)
  --function deliver to this function instead of to every subscription that matches`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: {
      control: { type: 'string' },
      function: { type: 'string' },
    },
  });
  const [file] = positionals;
  const control = values.control ?? process.env['AIRLOCK_CONTROL'];
  if (file === undefined || control === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const event: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const answer = await fetch(new URL('/events', control), {
    method: 'POST',
    body: JSON.stringify({ event, ...(values.function ? { functionName: values.function } : {}) }),
  });
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  return answer.ok ? 0 : 1;
}
