/** Faults in azure.yaml and in the workflow, a line each, and the row that must notice each. */
import type { Edit } from '../machine/project.js';
import * as wrong from './misbehaviours.js';
import type { Row } from './row.js';
import { rowOf } from './rows.js';

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
  readonly row: Row;
  /** What the row says then. */
  readonly sees: RegExp;
}

const AZURE_YAML = 'azure.yaml';
const WORKFLOW = '.github/workflows/deploy.yml';

/** Another command of a hook, on Linux and macOS. */
const hook = (from: string, to: string): Edit => ({
  file: AZURE_YAML,
  from: `posix:\n${from}`,
  to: `posix:\n${to}`,
});

const command = (indent: number, from: string, to: string): Edit => {
  const line = (run: string) => `${' '.repeat(indent)}shell: sh\n${' '.repeat(indent)}run: ${run}\n`;
  return hook(line(from), line(to));
};
const ofProject = (from: string, to: string) => command(6, from, to);
const ofService = (from: string, to: string) => command(10, from, to);
const inWorkflow = (from: string, to: string): Edit => ({ file: WORKFLOW, from, to });

/** A command that does nothing; without the quotes YAML would make a truth of it. */
const NOTHING = '"true"';
/** An expression of a workflow. */
const expression = (text: string) => `\${{ ${text} }}`;
const CREATE =
  'az deployment sub create --name "airlock-$AZURE_ENV_NAME" --location "$AZURE_LOCATION" --parameters infra/main.bicepparam';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the hook preprovision makes no secrets',
    edit: ofProject(
      'node infra/scripts/check.mjs && node infra/scripts/shells.mjs',
      'node infra/scripts/check.mjs',
    ),
    row: rowOf('azd up', wrong.STRAIGHT),
    sees: /the first run stopped/,
  },
  {
    name: 'the hook prepackage packs nothing',
    edit: ofService('npm run --silent package', NOTHING),
    row: rowOf('azd up', wrong.STRAIGHT),
    sees: /package\/unzipped does not exist/,
  },
  {
    name: 'the hook predeploy does not wait',
    edit: ofService('node infra/scripts/deploy.mjs wait-for-roles', NOTHING),
    row: rowOf('azd up', wrong.LATE_ROLES),
    sees: /the first run stopped/,
  },
  {
    name: 'the hook postdeploy subscribes to nothing',
    edit: ofService('node infra/scripts/deploy.mjs subscribe --azd', NOTHING),
    row: rowOf('azd up', wrong.STRAIGHT),
    sees: /nothing is subscribed to events/,
  },
  {
    name: 'AIRLOCK_SUBSCRIBE is set before it is true',
    edit: ofService(
      'node infra/scripts/deploy.mjs subscribe --azd',
      'azd env set AIRLOCK_SUBSCRIBE true && node infra/scripts/deploy.mjs subscribe --azd',
    ),
    row: rowOf('azd up', wrong.KILLED_BEFORE_SUBSCRIBING),
    sees: /after the second run: nothing is subscribed to events/,
  },
  {
    name: 'the hook postprovision grants nothing',
    edit: hook(
      '      shell: sh\n      continueOnError: true\n      run: node infra/scripts/graph.mjs\n',
      '      shell: sh\n      continueOnError: true\n      run: "true"\n',
    ),
    row: rowOf('azd up', wrong.STRAIGHT),
    sees: /may not mint client secrets/,
  },
  {
    name: 'the hook postprovision holds up the rest',
    edit: hook(
      '      shell: sh\n      continueOnError: true\n      run: node infra/scripts/graph.mjs\n',
      '      shell: sh\n      run: node infra/scripts/graph.mjs\n',
    ),
    row: rowOf('azd up', wrong.NO_GRAPH),
    sees: /the first run stopped/,
  },
  {
    name: 'the hook postdown leaves AIRLOCK_SUBSCRIBE as it is',
    edit: ofProject('azd env set AIRLOCK_SUBSCRIBE false', NOTHING),
    row: rowOf('azd up', wrong.DOWN),
    sees: /the second run stopped/,
  },
  {
    name: 'the workflow reads outputs by their case',
    edit: inWorkflow(
      'run: node infra/scripts/deploy.mjs templates\n',
      [
        'run: |',
        `          outputs=$(AIRLOCK_SUBSCRIBE=false ${CREATE} --query properties.outputs --output json)`,
        '          for name in AZURE_RESOURCE_GROUP AIRLOCK_FUNCTION_APP; do',
        '            value=$(node -p "JSON.parse(process.argv[1]).$name?.value" "$outputs")',
        '            echo "$name=$value" >> "$GITHUB_OUTPUT"',
        '          done\n',
      ].join('\n'),
    ),
    row: rowOf('workflow', wrong.MANGLED),
    sees: /the first run stopped/,
  },
  {
    name: 'the workflow uploads once',
    edit: inWorkflow(
      'run: node infra/scripts/deploy.mjs upload package/*.zip',
      'run: az functionapp deployment source config-zip --resource-group "$AZURE_RESOURCE_GROUP" --name "$AIRLOCK_FUNCTION_APP" --src package/*.zip',
    ),
    row: rowOf('workflow', wrong.FORBIDDEN_TWICE),
    sees: /the first run stopped/,
  },
  {
    name: 'the workflow subscribes without waiting',
    edit: inWorkflow(
      'run: node infra/scripts/deploy.mjs subscribe\n',
      `run: AIRLOCK_SUBSCRIBE_NOW=true ${CREATE} --output none\n`,
    ),
    row: rowOf('workflow', wrong.LATE_INDEX),
    sees: /the first run stopped/,
  },
  {
    name: 'the workflow subscribes to nothing',
    edit: inWorkflow('run: node infra/scripts/deploy.mjs subscribe\n', 'run: "true"\n'),
    row: rowOf('workflow', wrong.STRAIGHT),
    sees: /nothing is subscribed to events/,
  },
  {
    name: 'the workflow does not check the configuration',
    edit: inWorkflow('      - run: npm run --silent config:check -- airlock.yaml\n', ''),
    row: rowOf('workflow', wrong.WRONG_BETWEEN),
    sees: /nothing said .*airflow-raeder/,
  },
  {
    name: 'the workflow uses an action that nobody knows here',
    edit: inWorkflow('uses: azure/login@', 'uses: azure/log-in@'),
    row: rowOf('workflow', wrong.STRAIGHT),
    sees: /The action azure\/log-in is not known here/,
  },
  {
    name: 'the workflow reads a context that nobody knows here',
    edit: inWorkflow(
      `AZURE_TENANT_ID: ${expression('vars.AZURE_TENANT_ID')}`,
      `AZURE_TENANT_ID: ${expression('env.AZURE_TENANT_ID')}`,
    ),
    row: rowOf('workflow', wrong.STRAIGHT),
    sees: /The context env .* is not known here/,
  },
];
