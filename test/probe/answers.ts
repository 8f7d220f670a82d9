/** The recorded answers of the real extension, one file a version. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { projectFile } from '../../local/project.js';
import type { DurableVersion } from '../durable/setup/build.js';
import type { Answer } from './question.js';

const RECORDED = z.strictObject({
  /** NuGet packages that answered, by name. */
  packages: z.record(z.string(), z.string()),
  answers: z.record(z.string(), z.custom<Answer>()),
});
export type Recorded = z.infer<typeof RECORDED>;

const fileOf = (version: DurableVersion) => projectFile('test', 'probe', 'answers', `${version}.json`);

/** Throws where there is no record of this version. */
export function recordedAnswers(version: DurableVersion): Recorded {
  return RECORDED.parse(JSON.parse(readFileSync(fileOf(version), 'utf8')));
}

export function recordAnswers(version: DurableVersion, recorded: Recorded): void {
  writeFileSync(fileOf(version), `${JSON.stringify(recorded, null, 2)}\n`);
}

const LOCK_FILE = z.object({
  dependencies: z.record(z.string(), z.record(z.string(), z.object({ resolved: z.string().optional() }))),
});
const ANSWERING =
  /^(Microsoft\.Azure\.WebJobs\.Extensions\.(DurableTask|EventGrid)|Microsoft\.Azure\.DurableTask\.(Core|AzureStorage))$/;

/** The packages that answer, as the C# host's lock file of this version names them. */
export function answeringPackages(version: DurableVersion): Record<string, string> {
  const lock = projectFile('test', 'durable', 'host', `packages.${version}.lock.json`);
  const { dependencies } = LOCK_FILE.parse(JSON.parse(readFileSync(lock, 'utf8')));
  return Object.fromEntries(
    Object.values(dependencies).flatMap((packages) =>
      Object.entries(packages).flatMap(([name, { resolved }]) =>
        ANSWERING.test(name) && resolved !== undefined ? [[name, resolved]] : [],
      ),
    ),
  );
}
