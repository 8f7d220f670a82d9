/** A small app for the tests of the runner. */
import './activities.mjs';
import './basics.mjs';
import './changes.mjs';
import './entities.mjs';
import './functions.mjs';
import './open.mjs';
import './payloads.mjs';
import './time.mjs';
import './twice.mjs';
