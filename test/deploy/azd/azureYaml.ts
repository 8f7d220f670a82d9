/** Reads azure.yaml as far as the project uses it, and throws at everything else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const SCRIPT = {
  shell: z.enum(['sh', 'pwsh']).optional(),
  run: z.string().optional(),
  continueOnError: z.boolean().optional(),
  interactive: z.boolean().optional(),
};
const HOOK = z.strictObject({
  ...SCRIPT,
  posix: z.strictObject(SCRIPT).optional(),
  windows: z.strictObject(SCRIPT).optional(),
});

const PROJECT_EVENTS = ['restore', 'build', 'package', 'provision', 'deploy', 'up', 'down'] as const;
const SERVICE_EVENTS = ['restore', 'build', 'package', 'deploy'] as const;

/** `pre` and `post` of each event. */
function hooksOf<Event extends string>(events: readonly Event[]) {
  const names = events.flatMap((event) => [`pre${event}`, `post${event}`] as const);
  return z.partialRecord(z.enum(names), HOOK).default({});
}

const PROJECT = z.strictObject({
  name: z.string(),
  requiredVersions: z.strictObject({ azd: z.string() }).optional(),
  infra: z.strictObject({
    provider: z.literal('bicep'),
    path: z.literal('infra'),
    module: z.literal('main'),
  }),
  hooks: hooksOf(PROJECT_EVENTS),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.literal('.'),
      language: z.literal('ts'),
      host: z.literal('function'),
      dist: z.string(),
      remoteBuild: z.literal(false),
      hooks: hooksOf(SERVICE_EVENTS),
    }),
  ),
});
export type AzureProject = z.infer<typeof PROJECT>;
export type AzureService = AzureProject['services'][string];
export type Hooks = AzureProject['hooks'] | AzureService['hooks'];

/** A hook of this platform: for Linux and macOS `posix` wins over what stands beside it. */
export interface Hook {
  readonly shell: string;
  readonly run: string;
  readonly continueOnError: boolean;
}

/** Throws a ZodError where azure.yaml holds what the rehearsal does not play. */
export function readAzureYaml(folder: string): AzureProject {
  return PROJECT.parse(parse(readFileSync(join(folder, 'azure.yaml'), 'utf8')));
}

/** A hook by its name, for example `preprovision`; undefined where there is none. Throws where azd would refuse it. */
export function hookOf(hooks: Hooks, name: string): Hook | undefined {
  const found = Object.entries(hooks).find(([one]) => one === name)?.[1];
  if (found === undefined) return undefined;
  const { shell, run, continueOnError = false } = found.posix ?? found;
  if (run === undefined || shell === undefined)
    throw new Error(`azure.yaml: the hook ${name} has no run or no shell.`);
  if (shell !== 'sh') throw new Error(`azure.yaml: the hook ${name} needs ${shell}, on Linux, too.`);
  return { shell, run, continueOnError };
}
