/** Entry point of the Functions app: registers everything, loads nothing that a function may never need. */
import { randomBytes } from 'node:crypto';
import { registerActivities } from './activities/register.js';
import { registerEntities } from './entities/register.js';
import { registerFunctions } from './functions/register.js';
import { registerOrchestrations } from './orchestrations/register.js';

registerFunctions();
registerOrchestrations();
registerActivities();
registerEntities({ newHub: () => randomBytes(4).toString('hex') });
