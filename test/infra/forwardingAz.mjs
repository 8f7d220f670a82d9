#!/usr/bin/env node
/** Stands in for the Azure CLI: hands its arguments to the test, at the address in FORWARD_TO, which makes the call. */
const answer = await fetch(process.env.FORWARD_TO, {
  method: 'POST',
  body: JSON.stringify(process.argv.slice(2)),
});
const text = await answer.text();
if (answer.ok) process.stdout.write(text);
else {
  process.stderr.write(`ERROR: ${text}\n`);
  process.exitCode = 1;
}
