/**
 * `npm run deploy:rehearse`: goes the whole way of `azd up` and of the workflow in an emulated Azure, once straight and once
 * with each thing that goes wrong by the records, and prints a table. Exits 1 where something is not as expected.
 */
import { readArguments, requireWhole } from '../../infra/scripts/commandLine.mjs';
import { DEFAULT_WORKERS } from '../faults/workers.js';
import { compilerHere } from '../infra/compile/find.js';
import { compiledTemplates, evaluatedTemplates } from './cloud/templates.js';
import { rehearse, rehearseMutants } from './rehearsal.js';
import { HEAD } from './report.js';

const USAGE = `Usage: npm run deploy:rehearse -- [--only WORDS] [--mutants] [--workers N]
Goes the whole way of azd up and of the workflow in an emulated Azure, once straight and once with each thing that goes
wrong, and prints a table. Ends with 1 where something is not as expected.
  --only     rows that have WORDS in them
  --mutants  put faults into azure.yaml and the workflow instead, each of which a row must notice
  --workers  so many at once (default ${DEFAULT_WORKERS})`;
const given = {
  options: {
    only: { type: 'string', default: '' },
    mutants: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(DEFAULT_WORKERS) },
  },
} as const;
const { values } = readArguments(USAGE, given, ({ workers }) => requireWhole('--workers', workers, 1));
const bicep = await compilerHere();
const options = {
  templates: bicep === undefined ? evaluatedTemplates : compiledTemplates(bicep),
  only: values.only,
  workers: Number(values.workers),
  out: (line: string) => void process.stdout.write(`${line}\n`),
};

options.out(`templates: by ${bicep === undefined ? "the project's evaluator" : 'the Bicep compiler'}`);
if (!values.mutants) options.out(HEAD);
const { played, bad } = await (values.mutants ? rehearseMutants(options) : rehearse(options));
options.out(
  values.mutants ? `${played} mutants, ${bad} not noticed` : `${played} rows, ${bad} not as expected`,
);
process.exit(bad === 0 && played > 0 ? 0 : 1);
