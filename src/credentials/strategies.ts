/** The rotation strategies that there are: nothing else names one. */

import { EXTERNAL } from './external/strategy.js';
import { GRAPH } from './graph/strategy.js';
import { RotationStrategies } from './strategy.js';

export const STRATEGIES = new RotationStrategies([GRAPH, EXTERNAL], EXTERNAL);
