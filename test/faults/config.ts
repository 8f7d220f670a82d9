/** Configuration of the test bed: the scenario's with a short overlap and short limits, so that a rotation is quick. */
import { readFileSync } from 'node:fs';
import { projectFile } from '../../local/project.js';

const ROTATION = `      strategy: graph
      overlapHours: 1
      failureLimitPercent: 40
`;

const LIMITS = '    limits: { changeableMinutes: 12, readyMinutes: 12, checkMinutes: 12, pollSeconds: 60 }\n';

const scenario = readFileSync(projectFile('local', 'scenario', 'airlock.yaml'), 'utf8').trimEnd();

export const BED_CONFIG = `${scenario.replace('      strategy: graph\n', ROTATION)}\n${LIMITS}`;
