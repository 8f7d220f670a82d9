/**
 * Loaded before each Node program of the rehearsal (`--import`): it reads the time from the file that REHEARSAL_CLOCK names,
 * and what it waits for passes on the rehearsal's clock, at once.
 */
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import timers from 'node:timers/promises';

const { REHEARSAL_CLOCK, STAND_IN_PORT } = process.env;

Date.now = () => Number(readFileSync(REHEARSAL_CLOCK, 'utf8'));
timers.setTimeout = async (milliseconds = 1, value = undefined) => {
  await pass(milliseconds / 1000);
  return value;
};
syncBuiltinESMExports();

/** Tells the rehearsal as the command `sleep` does; resolves when its clock has moved. */
function pass(seconds) {
  return new Promise((resolve, reject) => {
    const call = connect(Number(STAND_IN_PORT), '127.0.0.1');
    call.on('error', reject).on('close', resolve).resume();
    call.write(['sleep', process.cwd(), '1', String(seconds), '', ''].join('\0'));
  });
}
