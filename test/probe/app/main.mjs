/** The app whose orchestrators ask a durable host how it answers: one small orchestrator for each question. */
import './common.mjs';
import './client.mjs';
import './children.mjs';
import './entities.mjs';
import './events.mjs';
import './failures.mjs';
import './functionsHost.mjs';
import './nonDeterminism.mjs';
import './payload.mjs';
import './status.mjs';
import './tasks.mjs';
import './time.mjs';
import './values.mjs';
import './versions.mjs';
import './workers.mjs';
