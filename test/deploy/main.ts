/**
 * `npm run deploy:rehearse [-- --only WORDS] [--mutants] [--workers N]`: goes the whole way of `azd up` and of the workflow in an
 * emulated Azure, once straight and once with each thing that goes wrong by the records, and prints a table. With --mutants:
 * with faults in azure.yaml and in the workflow, each of which a row must notice. Exits 1 where something is not as expected.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_WORKERS } from '../faults/workers.js';
import { compilerHere } from '../infra/compile/find.js';
import { compiledTemplates, evaluatedTemplates } from './cloud/templates.js';
import { rehearse, rehearseMutants } from './rehearsal.js';
import { HEAD } from './report.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    mutants: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(DEFAULT_WORKERS) },
  },
});
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
