/**
 * The Azure Developer CLI, as far as `azd up` and azure.yaml need it: order, hooks and environment as documented
 * (https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-extensibility), and as its source of August 2026 has them
 * (cli/azd/pkg/ext: hooks; pkg/environment: `Environ`; pkg/infra/provisioning/bicep: parameters, deployment state).
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AzureError, causeOf } from '../../../local/services/resourceManager/deployments/types.js';
import { parametersOf } from '../../infra/evaluate/deploy.js';
import { deployTemplates } from '../cloud/deployTemplates.js';
import {
  APP_GROUP,
  DEPLOYER,
  ENVIRONMENT_NAME,
  LOCATION,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
} from '../cloud/names.js';
import { upload } from '../cloud/upload.js';
import { type RehearsalContext, showIn } from '../context.js';
import type { Answer, Call } from '../machine/calls.js';
import { filesIn } from '../machine/files.js';
import type { Variables } from '../machine/machine.js';
import { type AzureProject, type AzureService, type Hooks, readAzureYaml } from './azureYaml.js';
import { environmentCommand } from './environmentCommand.js';
import { between, type Process, runHook, Stopped } from './hooks.js';

/** How one command of azd ended. */
export type Ended = 'succeeded' | 'failed' | 'killed';

export class Azd {
  /** The environment's `.env`. */
  readonly values: Record<string, string> = {
    AZURE_ENV_NAME: ENVIRONMENT_NAME,
    AZURE_LOCATION: LOCATION,
    AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
  };
  /** What the tags of the last deployment say, which azd compares before it deploys. */
  #last: { readonly hash: string; readonly outputs: Variables } | undefined;
  #killed = false;
  readonly #before: unknown;

  constructor(
    private readonly context: RehearsalContext,
    private readonly folder: string,
  ) {
    this.#before = context.cloud.azure.snapshot();
  }

  /** `azd up`: package, provision, deploy. */
  up(): Promise<Ended> {
    return this.#command(this.#process(), async (process) => {
      const project = readAzureYaml(this.folder);
      await between(process, project.hooks, 'up', async () => {
        await this.#package(process, project);
        await this.#provision(process, project);
        await this.#deploy(process, project);
      });
    });
  }

  /** `azd deploy`: packs and uploads, and leaves the resources as they are. */
  deploy(): Promise<Ended> {
    return this.#command(this.#process(), async (process) => {
      const project = readAzureYaml(this.folder);
      await this.#package(process, project);
      await this.#deploy(process, project);
    });
  }

  /** `azd down`: everything that the deployment made is gone; vaults of others keep what is in them. */
  down(): Promise<Ended> {
    return this.#command(this.#process(), async (process) => {
      const project = readAzureYaml(this.folder);
      await between(process, project.hooks, 'down', async () => {
        const { azure } = this.context.cloud;
        const { vault: _, ...others } = this.#before as Record<string, unknown>;
        azure.restore(others);
        this.#last = undefined;
        for (const name of Object.keys(this.values)) if (/^SERVICE_/.test(name)) delete this.values[name];
      });
    });
  }

  /** A call of azd from a hook: another process with the same environment. Throws where it is not known here. */
  async call({ args, environment }: Call): Promise<Answer> {
    const [first, second, ...more] = args.filter((arg) => arg !== '--no-prompt');
    const answer = first === 'env' ? environmentCommand(this.values, second, more) : undefined;
    if (answer !== undefined) return answer;
    if (first === 'provision' && second === undefined) {
      const lines: string[] = [];
      const process = this.#processWith({
        outer: environment,
        nested: true,
        show: (_, line) => lines.push(line),
      });
      const ended = await this.#command(process, () => this.#provision(process, readAzureYaml(this.folder)));
      return ended === 'succeeded'
        ? { code: 0, out: lines.map((line) => `${line}\n`).join('') }
        : { code: 1, err: lines };
    }
    throw new Error(`azd ${args.join(' ')} is not known here.`);
  }

  #process(): Process {
    return this.#processWith({
      outer: {},
      nested: false,
      show: (step, line) => showIn(this.context, step)(line),
    });
  }

  #processWith(how: Pick<Process, 'outer' | 'nested' | 'show'>): Process {
    return { ...how, machine: this.context.machine, folder: this.folder, values: this.values };
  }

  async #command(process: Process, work: (process: Process) => Promise<void>): Promise<Ended> {
    this.#killed = false;
    try {
      await work(process);
      return this.#killed ? 'killed' : 'succeeded';
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      if (this.#killed) return 'killed';
      process.show(error.step, `ERROR: ${error.message}`);
      return 'failed';
    }
  }

  async #package(process: Process, { hooks, services }: AzureProject): Promise<void> {
    await between(process, hooks, 'package', async () => {
      for (const [name, service] of Object.entries(services)) {
        await between(process, service.hooks, 'package', async () => {
          if (!existsSync(join(this.folder, service.dist))) {
            throw new Stopped(
              'package',
              `failed packaging service '${name}': ${service.dist} does not exist`,
            );
          }
        });
      }
    });
    this.#passed(process, 'package');
  }

  async #provision(process: Process, { hooks }: AzureProject): Promise<void> {
    await this.#hook(process, hooks, 'preprovision');
    this.#passed(process, 'preprovision');
    const environment = { ...process.outer, AZURE_PRINCIPAL_ID: DEPLOYER, ...this.values };
    const hash = this.#hashOf(environment);
    if (this.#last?.hash === hash) {
      process.show('provision', "(-) Skipped: Didn't find new changes.");
      Object.assign(this.values, this.#last.outputs);
    } else {
      this.#last = undefined;
      const { cloud } = this.context;
      const name = `${ENVIRONMENT_NAME}-${Math.floor(cloud.kernel.clock.now() / 1000)}`;
      const target = { folder: this.folder, name, location: LOCATION, environment };
      const result = await deployTemplates(this.context, target);
      if (!result.succeeded) throw new Stopped('provision', `deployment failed: ${describe(result.error)}`);
      this.#last = { hash, outputs: result.outputs };
      Object.assign(this.values, result.outputs);
    }
    this.#passed(process, 'provision');
    await this.#hook(process, hooks, 'postprovision');
    this.#passed(process, 'postprovision');
  }

  async #deploy(process: Process, { hooks, services }: AzureProject): Promise<void> {
    await between(process, hooks, 'deploy', async () => {
      for (const [name, service] of Object.entries(services)) {
        await this.#hook(process, service.hooks, 'predeploy');
        this.#passed(process, 'predeploy');
        await this.#publish(name, service);
        this.#passed(process, 'deploy');
        await this.#hook(process, service.hooks, 'postdeploy');
      }
    });
  }

  /** Uploads the folder that the service names; azd does not try again. */
  async #publish(name: string, service: AzureService): Promise<void> {
    const group = `${SUBSCRIPTION_ID}/resourceGroups/${this.values['AZURE_RESOURCE_GROUP'] ?? APP_GROUP}`;
    const site = this.context.cloud.azure.deployments
      .resources()
      .find(
        (one) =>
          one.type === 'Microsoft.Web/sites' &&
          one.id.startsWith(`${group}/`) &&
          serviceTag(one.body) === name,
      );
    if (site === undefined) {
      throw new Stopped(
        'deploy',
        `getting target resource: unable to find a resource tagged with 'azd-service-name: ${name}'`,
      );
    }
    const failed = await upload(this.context, site.id, filesIn(join(this.folder, service.dist)));
    if (failed !== undefined)
      throw new Stopped('deploy', `failed deploying service '${name}': publishing zip file: ${failed}`);
  }

  /** A kill in what a hook calls ends azd, too. */
  async #hook(process: Process, hooks: Hooks, name: string): Promise<void> {
    await runHook(process, hooks, name);
    if (this.#killed) throw new Stopped(name, 'killed');
  }

  #passed({ nested }: Process, step: string): void {
    const { faults } = this.context;
    if (faults.killAfter !== (nested ? `second ${step}` : step)) return;
    faults.killAfter = undefined;
    this.#killed = true;
    throw new Stopped(step, 'killed');
  }

  #hashOf(environment: Variables): string {
    const hash = createHash('sha256');
    const infra = join(this.folder, 'infra');
    for (const file of filesIn(infra)) if (file[0].endsWith('.bicep')) hash.update(file[1]);
    return hash.update(JSON.stringify(this.#parameters(environment))).digest('hex');
  }

  #parameters(environment: Variables): object {
    try {
      return parametersOf(this.folder, environment);
    } catch (error) {
      throw new Stopped(
        'provision',
        `failed to compile bicepparam template: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

/** The cause of it all: azd prints the rest, too. */
function describe(error: AzureError): string {
  const { code, message, target } = causeOf(error);
  return `${code}: ${message}${target === undefined ? '' : ` (${target.split('/providers/').at(-1)})`}`;
}

function serviceTag(body: Readonly<Record<string, unknown>>): string | undefined {
  const { tags } = body as { tags?: Readonly<Record<string, string>> };
  return tags?.['azd-service-name'];
}
