/** The kinds of runtimes that there are: nothing else names one. */

import { DATA_FACTORY } from './data-factory/kind.js';
import { RuntimeKinds } from './kind.js';

export const KINDS = new RuntimeKinds([DATA_FACTORY]);
